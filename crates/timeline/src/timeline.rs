//! The trace of one run, with names.

use lanes_core::Error;
use lanes_core::trace::{Span, State};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The trace of one run, or a drawing of an imagined one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeline {
    /// The model.
    pub name: String,
    /// A line above the panel, where several pictures stand in one.
    pub heading: Option<String>,
    /// The spans of the tasks, which may lie within each other.
    pub spans: Vec<Span>,
    /// The names of the workers; those without a name are numbered.
    pub workers: Vec<String>,
    /// The names of the tasks; those without a name are numbered.
    pub tasks: Vec<String>,
    /// When the run began, in nanoseconds of the clock of the spans.
    pub begin: u64,
    /// When the run ended, by the same clock.
    pub end: u64,
    /// A line under the panel.
    pub note: Option<String>,
    /// Whether it was drawn by hand, which the picture says.
    pub drawn: bool,
}

/// A part of a drawing: task, worker, state, begin and end in units.
pub type Part = (usize, Option<usize>, State, f64, f64);

impl Timeline {
    /// A drawing by hand, whose times are multiples of a unit. It begins at
    /// zero and ends with its last part.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time that is negative, not a number or beyond
    /// the clock.
    pub fn drawn(
        name: &str,
        unit: Duration,
        parts: &[Part],
    ) -> Result<Self, Error> {
        let nanos = |units: f64| {
            let nanos = units * unit.as_nanos() as f64;
            // Above 2^53 neighbouring numbers are further apart than 1 ns.
            if (0.0..9e15).contains(&nanos) {
                Ok(nanos.round() as u64)
            } else {
                Err(Error::Invalid(format!(
                    "a time of {units} units in the drawing {name:?}"
                )))
            }
        };
        let span = |&(task, worker, state, begin, end): &Part| {
            let (begin, end) = (nanos(begin)?, nanos(end)?);
            Ok(Span { task, worker, state, begin, end, cpu: None })
        };
        let spans =
            parts.iter().map(span).collect::<Result<Vec<_>, Error>>()?;
        let end = spans.iter().map(|span| span.end).max().unwrap_or(0);
        let name = name.to_owned();
        Ok(Self { name, spans, end, drawn: true, ..Self::default() })
    }

    /// How long the run took, in nanoseconds.
    pub(crate) fn wall(&self) -> u64 {
        self.end.saturating_sub(self.begin)
    }

    /// Of how many of its computing spans the CPU time is not known, and how
    /// many there are; none in a drawing, where computing is what is meant.
    pub(crate) fn without_cpu(&self) -> (usize, usize) {
        let computes = |span: &&Span| span.state == State::Compute;
        let spans = self.spans.iter().filter(|_| !self.drawn).filter(computes);
        let unknown = spans.clone().filter(|span| span.cpu.is_none());
        (unknown.count(), spans.count())
    }

    /// The number of the last task, by spans and by names.
    pub(crate) fn last_task(&self) -> usize {
        let named = self.tasks.len().saturating_sub(1);
        self.spans.iter().map(|span| span.task).fold(named, usize::max)
    }

    /// How many workers there are, by spans and by names.
    pub(crate) fn worker_count(&self) -> usize {
        let used = self.spans.iter().filter_map(|span| span.worker).max();
        let used = used.map_or(0, |last| last.saturating_add(1));
        self.workers.len().max(used)
    }

    /// Why there is no picture of it, if there is none.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let Self { name, begin, end, .. } = self;
        let invalid = |why: String| Err(Error::Invalid(why));
        if begin > end {
            return invalid(format!(
                "the run of {name:?} ends at {end} ns, before its begin at \
                 {begin} ns"
            ));
        }
        if self.spans.is_empty() {
            return invalid(format!(
                "the trace of {name:?} has no spans: was the run traced, and \
                 did its tasks compute or wait?"
            ));
        }
        for span in &self.spans {
            let (from, to) = (span.begin, span.end);
            let task = span.task;
            if from > to {
                return invalid(format!(
                    "a span of task {task} in the trace of {name:?} ends at \
                     {to} ns, before its begin at {from} ns"
                ));
            }
            if from < *begin || to > *end {
                return invalid(format!(
                    "a span of task {task} in the trace of {name:?}, {from} to \
                     {to} ns, lies outside the run, {begin} to {end} ns"
                ));
            }
        }
        if self.spans.iter().all(|span| span.begin == span.end) {
            return invalid(format!(
                "every span in the trace of {name:?} lasts 0 ns"
            ));
        }
        Ok(())
    }

    /// The label beside a task's row.
    pub fn task_label(&self, task: usize) -> String {
        match self.tasks.get(task).filter(|name| !name.is_empty()) {
            None => format!("task {task}"),
            Some(name) if short(name).is_some() => name.clone(),
            // The bars hold the number, so the label does too.
            Some(name) => format!("{task} {name}"),
        }
    }

    /// The mark in a task's bars.
    pub(crate) fn task_mark(&self, task: usize) -> String {
        let name = self.tasks.get(task).and_then(|name| short(name));
        name.unwrap_or_else(|| task.to_string())
    }

    /// The label beside a worker's row.
    pub fn worker_label(&self, worker: usize) -> String {
        let name = self.workers.get(worker).map_or("", String::as_str);
        let named = self.workers.iter().filter(|other| *other == name).count();
        match named {
            _ if name.is_empty() => format!("worker {worker}"),
            1 => name.to_owned(),
            _ => format!("{name} {worker}"),
        }
    }
}

/// The number at the end of a name, or a name of one or two letters.
fn short(name: &str) -> Option<String> {
    let head = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let digits = &name[head.len()..];
    if (1..=4).contains(&digits.len()) {
        return Some(digits.to_owned());
    }
    (1..=2).contains(&name.chars().count()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(begin: u64, end: u64) -> Timeline {
        let (task, worker, state) = (0, Some(0), State::Compute);
        let spans = vec![Span { task, worker, state, begin, end, cpu: None }];
        Timeline { name: "gil".into(), spans, end: 10, ..Timeline::default() }
    }

    fn why(timeline: &Timeline) -> String {
        timeline.check().unwrap_err().to_string()
    }

    #[test]
    fn a_timeline_that_cannot_be_drawn_is_refused() {
        assert_eq!(one(0, 10).check(), Ok(()));
        let empty = Timeline { spans: vec![], ..one(0, 10) };
        assert!(why(&empty).contains("the trace of \"gil\" has no spans: "));
        assert!(why(&one(5, 11)).contains("5 to 11 ns, lies outside the run"));
        let late = Timeline { begin: 3, ..one(2, 4) };
        assert!(why(&late).contains("lies outside the run, 3 to 10 ns"));
        assert!(why(&one(5, 4)).contains("ends at 4 ns, before its begin"));
        assert!(why(&one(4, 4)).contains("lasts 0 ns"));
        let back = Timeline { begin: 11, ..one(0, 1) };
        assert!(why(&back).contains("the run of \"gil\" ends at 10 ns"));
    }

    #[test]
    fn a_drawing_is_made_in_units() {
        let unit = Duration::from_millis(20);
        let parts = [
            (0, Some(0), State::Compute, 0.0, 1.0),
            (0, None, State::Io, 1.0, 4.5),
        ];
        let drawn = Timeline::drawn("article", unit, &parts).unwrap();
        assert!(drawn.drawn);
        assert_eq!((drawn.begin, drawn.end), (0, 90_000_000));
        assert_eq!(drawn.spans[1].begin, 20_000_000);
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e30] {
            let parts = [(0, None, State::Io, 0.0, wrong)];
            let drawn = Timeline::drawn("article", unit, &parts);
            assert!(matches!(drawn, Err(Error::Invalid(_))), "{wrong}");
        }
    }

    #[test]
    fn labels_and_marks_go_together() {
        let timeline = Timeline {
            tasks: ["subtask 1", "max", "ab", "", "a 12345"]
                .map(str::to_owned)
                .to_vec(),
            workers: ["", "main", "pool", "pool"].map(str::to_owned).to_vec(),
            ..Timeline::default()
        };
        let labels = (0..6).map(|task| timeline.task_label(task));
        assert_eq!(
            labels.collect::<Vec<_>>(),
            ["subtask 1", "1 max", "ab", "task 3", "4 a 12345", "task 5"]
        );
        let marks = (0..6).map(|task| timeline.task_mark(task));
        assert_eq!(marks.collect::<Vec<_>>(), ["1", "1", "ab", "3", "4", "5"]);
        let workers = (0..5).map(|worker| timeline.worker_label(worker));
        assert_eq!(
            workers.collect::<Vec<_>>(),
            ["worker 0", "main", "pool 2", "pool 3", "worker 4"]
        );
    }
}
