//! Recording runs, for the commands that draw timelines.

use crate::args::Drawing;
use crate::fail::Fail;
use crate::models::Model;
use crate::show::Sheet;
use crate::stamp;
use lanes_core::trace::{State, Trace};
use lanes_core::{Config, Row};
use lanes_measure::failure::Failure;
use lanes_measure::process::{Limits, Process};
use lanes_measure::protocol::Traced;
use lanes_measure::recording::{self, Recording, Work};
use lanes_measure::statistics::{Interval, LEVEL, median};
use lanes_measure::tables::UNKNOWN;
use lanes_measure::words::{counted, digits, time};
use lanes_timeline::{Share, Timeline, TracedModel, critical_path, totals};
use std::cmp::Reverse;
use std::path::Path;
use std::time::{Duration, Instant};

/// A hundredth of a run can be seen in its picture.
const SEEN: u32 = 100;
/// So many tasks and so many workers of a model are named.
const MOST_NAMED: usize = 8;

impl Drawing {
    /// Which of the runs are drawn.
    pub(crate) fn which(&self) -> String {
        match self.runs {
            1 => "One run of each.".into(),
            runs => format!("The median run of {runs} of each."),
        }
    }
}

/// Records models in one workload.
pub(crate) struct Recorder<'a> {
    /// The row; `None` for `subtasks` with the unit of the drawing.
    pub(crate) row: Option<&'a dyn Row>,
    /// How traces are taken.
    pub(crate) drawing: &'a Drawing,
    /// Where temporary files of workers go.
    pub(crate) folder: &'a Path,
    /// What workers may use.
    pub(crate) limits: &'a Limits,
}

/// One model, as recorded.
pub(crate) struct Recorded {
    /// Its median traced run, as it is drawn.
    pub(crate) timeline: Timeline,
    /// The same, as it is written down.
    pub(crate) traced: TracedModel,
    /// All its runs.
    pub(crate) recording: Recording,
}

impl Recorder<'_> {
    /// The unit in which times are also written, if there is one.
    pub(crate) fn unit(&self) -> Option<Duration> {
        self.row.is_none().then_some(self.drawing.unit)
    }

    /// Records a model in a process of its own.
    ///
    /// # Errors
    /// Those of the worker.
    pub(crate) fn record(&self, model: &Model) -> Result<Recorded, Failure> {
        let workers = self.workers();
        let Model { launch, model: name, .. } = model;
        let (folder, limits) = (self.folder, self.limits);
        let serial = model.serial();
        let mut process =
            Process::greeted(launch, folder, limits, name, workers, serial)?;
        let (unit, rust) = (self.drawing.unit, !model.is_python());
        let work = match self.row {
            Some(row) => Work::Row(row),
            None => Work::Subtasks { unit, rust },
        };
        let (seed, runs) = (self.drawing.seed, self.drawing.runs as usize);
        let recording = recording::record(&mut process, work, seed, runs)?;
        process.end();
        let traced = &recording.traced;
        let share = share(&recording);
        let note = match rust {
            true => format!(
                "traced / untraced time: {share}; {} of the run",
                spans_cost(traced)
            ),
            false => format!("traced / untraced time: {share}"),
        };
        let (name, note) = (model.name.clone(), Some(note));
        let run = traced.clone();
        let traced = TracedModel { name, note, run };
        Ok(Recorded {
            timeline: traced.timeline(&self.tasks()),
            traced,
            recording,
        })
    }

    /// The names of the tasks, if they have names.
    pub(crate) fn tasks(&self) -> Vec<String> {
        let tasks = (1..=3).filter(|_| self.row.is_none());
        tasks.map(|task| format!("subtask {task}")).collect()
    }

    /// How many workers a model has, unless it is serial.
    pub(crate) fn workers(&self) -> usize {
        let machine = || Config::machine().workers();
        self.drawing.workers.unwrap_or_else(machine)
    }

    /// The machine and the interpreters, in a line.
    pub(crate) fn foot(&self, recorded: &[Recorded]) -> String {
        let python =
            recorded.iter().any(|s| s.timeline.name.contains("python"));
        let pythons = lanes_python::interpreters().iter();
        let pythons = pythons.filter(|_| python).map(|p| format!("; {p}"));
        format!("{}{}", stamp::machine(), pythons.collect::<String>())
    }

    /// A time in units, if there are any.
    pub(crate) fn text(&self, part: Duration) -> String {
        match self.unit() {
            Some(unit) => {
                let units = part.as_secs_f64() / unit.as_secs_f64();
                format!("{} U", digits(units))
            }
            None => time(part.as_secs_f64()),
        }
    }

    /// How long it was preempted, if that is known.
    fn preempted(&self, share: &Share) -> String {
        let known = share.known_preempted();
        known.map_or_else(|| UNKNOWN.into(), |time| self.text(time))
    }

    /// How much time the models spent computing, preempted and waiting.
    ///
    /// # Errors
    /// Those of a timeline without spans.
    pub(crate) fn sheet(&self, recorded: &[Recorded]) -> Result<Sheet, Fail> {
        let mut sheet = Sheet::new(&[
            "model",
            "total",
            "time",
            "computing",
            "preempted",
            "I/O",
            "waiting for the lock",
            "waiting for a worker",
            "critical path",
            "traced / untraced time",
        ]);
        for Recorded { timeline, recording, .. } in recorded {
            let totals = totals(timeline).map_err(Fail::of)?;
            let path = critical_path(timeline).map_err(Fail::of)?;
            sheet.row(vec![
                timeline.name.clone(),
                self.text(recording.time()),
                time(recording.time().as_secs_f64()),
                self.text(totals.sum.compute),
                self.preempted(&totals.sum),
                self.text(totals.sum.io),
                self.text(totals.sum.turn),
                self.text(totals.sum.ready),
                format!(
                    "{} computing, {}{} I/O, {} waiting",
                    self.text(path.compute()),
                    // Nothing, where it may be nothing or not known.
                    match path.preempted() {
                        Duration::ZERO => String::new(),
                        time => format!("{} preempted, ", self.text(time)),
                    },
                    self.text(path.io()),
                    self.text(path.waiting()),
                ),
                share(recording),
            ]);
        }
        Ok(sheet)
    }

    /// The tasks and the workers that were preempted for a part of a run that
    /// can be seen, those of each model the longest first; `None` without any.
    ///
    /// # Errors
    /// Those of a timeline without spans.
    pub(crate) fn who_was_preempted(
        &self,
        recorded: &[Recorded],
    ) -> Result<Option<Sheet>, Fail> {
        let columns = ["model", "who", "computing", "preempted"];
        let mut sheet = Sheet::new(&columns);
        let mut any = false;
        for Recorded { timeline, .. } in recorded {
            let totals = totals(timeline).map_err(Fail::of)?;
            let tasks = totals.tasks.iter();
            let tasks = tasks.map(|of| (timeline.task_label(of.number), of));
            let workers = totals.workers.iter();
            let workers =
                workers.map(|of| (timeline.worker_label(of.number), of));
            let seen =
                |(_, of): &(String, &Share)| of.preempted * SEEN > totals.wall;
            for (noun, mut all) in [
                ("task", tasks.filter(seen).collect::<Vec<_>>()),
                ("worker", workers.filter(seen).collect()),
            ] {
                all.sort_by_key(|(_, of)| Reverse(of.preempted));
                let more = all.len().saturating_sub(MOST_NAMED);
                for (label, of) in all.iter().take(MOST_NAMED) {
                    any = true;
                    sheet.row(vec![
                        timeline.name.clone(),
                        label.clone(),
                        self.text(of.compute),
                        self.preempted(of),
                    ]);
                }
                if more > 0 {
                    let (model, none) = (timeline.name.clone(), String::new());
                    let others = format!("and {}", counted(more, noun));
                    sheet.row(vec![model, others, none.clone(), none]);
                }
            }
        }
        Ok(any.then_some(sheet))
    }
}

/// The time that the spans of a run took: their number times that of one, here
/// and now, its two readings of the CPU clock included.
fn spans_cost(traced: &Traced) -> String {
    const TRIES: u32 = 10_000;
    let trace = Trace::new();
    let record = || {
        let begin = Instant::now();
        for task in 0..TRIES as usize {
            drop(trace.span(task, State::Compute));
        }
        begin.elapsed().as_secs_f64() / f64::from(TRIES)
    };
    // The first round pays for fresh memory.
    record();
    let one = record();
    let count = traced.spans.len();
    let run = (traced.end - traced.begin).max(1) as f64 / 1e9;
    let percent = one * count as f64 / run * 100.0;
    let spans = counted(count, "span");
    format!("{spans} of {} with their CPU times, {percent:.4} %", time(one))
}

/// The time of traced runs in percent of that of the untraced ones beside them,
/// with an interval if there are enough of them.
fn share(recording: &Recording) -> String {
    let ratios = recording.ratios();
    match Interval::of(&ratios, LEVEL) {
        Some(Interval { low, median, high }) => {
            let [low, median, high] = [low, median, high].map(|r| r * 100.0);
            format!("{median:.1} % ({low:.1} to {high:.1})")
        }
        None => {
            let median = median(&mut ratios.clone());
            let text = |median| format!("{:.1} %", median * 100.0);
            median.map_or_else(|| UNKNOWN.into(), text)
        }
    }
}
