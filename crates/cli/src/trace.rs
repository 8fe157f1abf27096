//! `lanes trace`: draws when each task computed and when and why it waited.

use crate::args::{Drawing, Format, Selection, Trace};
use crate::draw::{Recorded, Recorder};
use crate::fail::Fail;
use crate::files::save;
use crate::interrupt;
use crate::models::Model;
use crate::run::limits;
use crate::say::{line, note, progress};
use crate::select::Cells;
use crate::show::print;
use crate::stamp;
use crate::temporary;
use lanes_core::{Row, Size, rows, rows_with};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::Limits;
use lanes_timeline::{Picture, TracedWorkload, Traces, View, perfetto, svg};
use std::path::PathBuf;

/// Every workload, for the site.
const ALL: &str = "all";
/// The models that are drawn unless others are named.
const USUAL: [&str; 8] = [
    "sequential",
    "threads",
    "rayon",
    "mutex",
    "gil",
    "tokio",
    "processes",
    "python-threads",
];
/// A row with more spans than this in its first model is recorded with fewer
/// items, since so many cannot be seen.
const MOST_SPANS: usize = 500;
/// The number of items in such a case.
const FEWER: usize = 48;

/// Records every chosen model, and writes a picture and trace files.
///
/// # Errors
/// Those of the selection and of the output; [`Fail::Failure`] if a model could
/// not be recorded, after the others were.
pub(crate) fn trace(options: &Trace) -> Result<(), Fail> {
    let Trace { workload, models, peers, size, items, drawing } = options;
    if workload == ALL {
        if size.is_some() || items.is_some() {
            let why = "every workload has a size of its own";
            return Err(Fail::Usage(format!("trace all: {why}")));
        }
        let (models, peers) = (models.clone(), peers.clone());
        let selection = Selection { filters: Vec::new(), models, peers };
        return record_all(&selection, drawing, ALL).map(drop);
    }
    let known = match items {
        Some(items) => rows_with(*items),
        None => [rows(Size::Quick), rows(Size::Full)]
            .into_iter()
            .flatten()
            .collect(),
    };
    if workload.contains('/')
        || !known.iter().any(|row| row.workload() == workload)
    {
        let names = known.iter().map(|row| row.workload()).chain([ALL]);
        return Err(crate::select::unknown("workload", workload, names));
    }
    let filter = match size {
        Some(size) => format!("{workload}/*/{size}"),
        None => workload.clone(),
    };
    let models = match &models[..] {
        [] => USUAL.map(String::from).to_vec(),
        models => models.to_vec(),
    };
    let (filters, peers) = (vec![filter], peers.clone());
    let selection = Selection { filters, models, peers };
    let mut cells = Cells::choose(&selection, known)?.here()?;
    let studio = Studio::open(drawing)?;
    studio.find_serial(&mut cells);
    let in_units = workload == "subtasks" && size.is_none() && items.is_none();
    let pinned = cells.rows[0].pinned().map_err(Fail::of)?;
    let recorder = studio.recorder((!in_units).then_some(&*pinned));
    let All { recorded, failed } = record(&recorder, &cells.models)?;
    if recorded.is_empty() {
        return Err(failure(&failed));
    }
    // Nobody may read it: the files are written all the same.
    let mut shown = recorder.sheet(&recorded)?.text(Format::Table)?;
    if let Some(sheet) = recorder.who_was_preempted(&recorded)? {
        shown += "\nPreempted for a hundredth of the run or more:\n";
        shown += &sheet.text(Format::Table)?;
    }
    let printed = print(&shown);
    let label = cells.rows[0].label();
    let of = if in_units { String::new() } else { format!(" {label}") };
    let picture = Picture {
        title: format!("{workload}{of} in {} models", recorded.len()),
        above: match recorder.unit() {
            Some(_) => format!(
                "{} Subtask 1 computes 1 U, waits for I/O 3 U, computes 1 U; \
                 subtask 2 computes 1, waits 1, computes 1; subtask 3 \
                 computes 2.",
                drawing.which()
            ),
            None => drawing.which(),
        },
        below: recorder.foot(&recorded),
        subtitle: String::new(),
        unit: recorder.unit(),
        views: vec![View::Tasks, View::Workers],
        timelines: recorded.iter().map(|s| s.timeline.clone()).collect(),
    };
    write(&picture, drawing, workload)?;
    // What a model cannot do is no failure while others can.
    let is_wrong = |one: &&(String, Failure)| one.1.is_wrong();
    for (name, why) in failed.iter().filter(|one| !is_wrong(one)) {
        note!("not traced: {name}: {why}");
    }
    let wrong: Vec<_> = failed.iter().filter(is_wrong).cloned().collect();
    let written = written(&recorder, &*cells.rows[0], recorded, failed);
    keep(vec![written], drawing, workload)?;
    printed?;
    match &wrong[..] {
        [] => Ok(()),
        wrong => Err(failure(wrong)),
    }
}

/// Records every workload that was chosen, in the models that were or in all
/// that are here, for the site, and returns the file, which gets this name.
///
/// # Errors
/// Those of the selection and of the output. The file names the models that
/// could not be recorded.
pub(crate) fn record_all(
    selection: &Selection,
    drawing: &Drawing,
    name: &str,
) -> Result<PathBuf, Fail> {
    let mut selection = selection.clone();
    if selection.models.is_empty() {
        selection.models.push("*".into());
    }
    let mut cells = Cells::choose(&selection, rows(Size::Quick))?.here()?;
    let studio = Studio::open(drawing)?;
    studio.find_serial(&mut cells);
    let mut workloads: Vec<TracedWorkload> = Vec::new();
    for row in &cells.rows {
        if workloads.iter().any(|of| of.workload == row.workload()) {
            continue;
        }
        progress!("{}", row.workload());
        let has = |model: &&Model| cells.has(row.workload(), &model.model);
        let models = cells.models.iter().filter(has).cloned();
        let models: Vec<Model> = models.collect();
        workloads.push(studio.recorded(&**row, &models)?);
    }
    keep(workloads, drawing, name)
}

/// The settings of a recording.
struct Studio<'a> {
    drawing: &'a Drawing,
    folder: tempfile::TempDir,
    limits: Limits,
}

impl<'a> Studio<'a> {
    fn open(drawing: &'a Drawing) -> Result<Self, Fail> {
        let limits = limits(drawing.deadline, None);
        let folder = temporary::folder()?;
        Ok(Self { drawing, folder, limits })
    }

    /// Finds out which peers have one worker.
    fn find_serial(&self, cells: &mut Cells) {
        let workers = self.recorder(None).workers();
        cells.find_serial(&[workers], &self.limits);
    }

    fn recorder<'b>(&'b self, row: Option<&'b dyn Row>) -> Recorder<'b> {
        let (drawing, limits) = (self.drawing, &self.limits);
        Recorder { row, drawing, folder: self.folder.path(), limits }
    }

    /// A row in every model; with fewer items, if it has too many spans.
    fn recorded(
        &self,
        row: &dyn Row,
        models: &[Model],
    ) -> Result<TracedWorkload, Fail> {
        if row.workload() == "subtasks" {
            return self.row(None, row, models);
        }
        let pinned = row.pinned().map_err(Fail::of)?;
        let first = record(&self.recorder(Some(&*pinned)), &models[..1])?;
        let one = first.recorded.first();
        let spans = one.map_or(0, |one| one.traced.run.spans.len());
        if spans == 0 {
            // Its steps are too short to be recorded, in any model.
            let recorder = self.recorder(Some(&*pinned));
            return Ok(written(&recorder, &*pinned, Vec::new(), first.failed));
        }
        if spans <= MOST_SPANS {
            return self.row(Some(&*pinned), &*pinned, models);
        }
        let fewer = rows_with(FEWER).into_iter();
        let mut fewer =
            fewer.filter(|fewer| fewer.workload() == row.workload());
        let fewer = fewer.next().expect("of the same catalogue");
        let pinned = fewer.pinned().map_err(Fail::of)?;
        self.row(Some(&*pinned), &*pinned, models)
    }

    fn row(
        &self,
        row: Option<&dyn Row>,
        named: &dyn Row,
        models: &[Model],
    ) -> Result<TracedWorkload, Fail> {
        let recorder = self.recorder(row);
        let All { recorded, failed } = record(&recorder, models)?;
        Ok(written(&recorder, named, recorded, failed))
    }
}

/// The models that were recorded, and why the others were not.
struct All {
    recorded: Vec<Recorded>,
    failed: Vec<(String, Failure)>,
}

fn record(recorder: &Recorder<'_>, models: &[Model]) -> Result<All, Fail> {
    let (mut recorded, mut failed) = (Vec::new(), Vec::new());
    for model in models {
        match recorder.record(model) {
            Ok(one) => recorded.push(one),
            Err(failure) if failure.cause == Cause::Interrupted => {
                return Err(interrupt::interrupted());
            }
            Err(failure) => failed.push((model.name.clone(), failure)),
        }
    }
    Ok(All { recorded, failed })
}

fn failure(failed: &[(String, Failure)]) -> Fail {
    let texts = failed.iter().map(|(name, why)| format!("{name}: {why}"));
    Fail::Failure(texts.collect::<Vec<_>>().join("; "))
}

fn written(
    recorder: &Recorder<'_>,
    row: &dyn Row,
    recorded: Vec<Recorded>,
    failed: Vec<(String, Failure)>,
) -> TracedWorkload {
    let size = match recorder.unit() {
        Some(_) => String::new(),
        None => row.label(),
    };
    let failed = failed.into_iter();
    TracedWorkload {
        workload: row.workload().to_owned(),
        size,
        workers: recorder.workers(),
        runs: recorder.drawing.runs,
        unit: recorder.unit(),
        tasks: recorder.tasks(),
        models: recorded.into_iter().map(|s| s.traced).collect(),
        failed: failed.map(|(name, why)| (name, why.to_string())).collect(),
    }
}

/// Writes the file for the site, and prints its path.
fn keep(
    workloads: Vec<TracedWorkload>,
    drawing: &Drawing,
    name: &str,
) -> Result<PathBuf, Fail> {
    let begun = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let traces = Traces::new(
        begun.to_string(),
        stamp::machine(),
        stamp::build(),
        workloads,
    );
    let text = serde_json::to_string(&traces).map_err(Fail::of)?;
    let path = save(&drawing.output, name, "traces.json", &text)?;
    line!("traces, for `lanes report`: {}", path.display());
    Ok(path)
}

/// Writes the picture and the trace file, and prints their paths.
fn write(picture: &Picture, drawing: &Drawing, name: &str) -> Result<(), Fail> {
    let drawn = svg(picture).map_err(Fail::of)?;
    let drawn = save(&drawing.output, name, "svg", &drawn)?;
    let traces = perfetto(&picture.timelines);
    let traces = save(&drawing.output, name, "perfetto.json", &traces)?;
    line!("picture: {}", drawn.display());
    line!("timelines, for ui.perfetto.dev: {}", traces.display());
    Ok(())
}
