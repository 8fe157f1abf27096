//! `lanes trace`: who computed, who waited and who stood in line.

use crate::args::{Drawing, Format, Selection, Trace};
use crate::draw::{Scene, Scened};
use crate::fail::Fail;
use crate::files::save;
use crate::run::limits;
use crate::models::Model;
use crate::select::Cells;
use crate::show::print;
use crate::stamp;
use lanes_core::{Row, Size, rows, rows_with};
use lanes_measure::failure::{Cause, Failure};
use lanes_measure::process::Limits;
use lanes_report::{Picture, TracedWorkload, Traces, View, perfetto, svg};
use std::path::PathBuf;

/// Every workload, for the page.
const ALL: &str = "all";
/// The models that are drawn unless others are named.
const USUAL: [&str; 7] = [
    "sequential",
    "threads",
    "mutex",
    "gil",
    "tokio",
    "processes",
    "python-threads",
];
/// A row with more spans than this in its first model is recorded with fewer
/// items: nobody sees so many.
const MOST_SPANS: usize = 500;
/// With so many.
const FEWER: usize = 48;

/// Records every chosen model, and writes a picture and trace files.
///
/// # Errors
/// Those of the selection and of the output; [`Fail::Failure`] if a model could
/// not be recorded, after the others were.
pub(crate) fn trace(options: &Trace) -> Result<(), Fail> {
    let Trace { workload, models, size, items, drawing } = options;
    if workload == ALL {
        if size.is_some() || items.is_some() {
            let why = "every workload has a size of its own";
            return Err(Fail::Usage(format!("trace all: {why}")));
        }
        let models = models.clone();
        let selection = Selection { models, ..Selection::default() };
        return record_all(&selection, drawing).map(drop);
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
    let selection =
        Selection { filters: vec![filter], models, peers: Vec::new() };
    let cells = Cells::choose(&selection, known)?.here()?;
    let studio = Studio::open(drawing)?;
    let in_units = workload == "subtasks" && size.is_none() && items.is_none();
    let pinned = cells.rows[0].pinned().map_err(Fail::of)?;
    let scene = studio.scene((!in_units).then_some(&*pinned));
    let Recorded { scened, failed } = record(&scene, &cells.models)?;
    if scened.is_empty() {
        return Err(told(&failed));
    }
    print(&scene.sheet(&scened)?.text(Format::Table)?)?;
    let label = cells.rows[0].label();
    let of = if in_units { String::new() } else { format!(" {label}") };
    let picture = Picture {
        title: format!("{workload}{of} in {} models", scened.len()),
        above: match scene.unit() {
            Some(_) => format!(
                "{} Subtask 1 computes 1 U, waits for I/O 3 U, computes 1 U; \
                 subtask 2 computes 1, waits 1, computes 1; subtask 3 \
                 computes 2.",
                drawing.which()
            ),
            None => drawing.which(),
        },
        below: scene.foot(&scened),
        subtitle: String::new(),
        unit: scene.unit(),
        views: vec![View::Tasks, View::Workers],
        timelines: scened.iter().map(|s| s.timeline.clone()).collect(),
    };
    write(&picture, drawing, &format!("trace-{workload}"))?;
    let missed = (!failed.is_empty()).then(|| told(&failed));
    let written = written(&scene, &*cells.rows[0], scened, failed);
    keep(vec![written], drawing, &format!("traces-{workload}"))?;
    missed.map_or(Ok(()), Err)
}

/// Records every workload that was chosen, in the models that were or in all that
/// are here, for the page: the file.
///
/// # Errors
/// Those of the selection and of the output; models that could not be recorded
/// are told in the file.
pub(crate) fn record_all(
    selection: &Selection,
    drawing: &Drawing,
) -> Result<PathBuf, Fail> {
    let mut selection = selection.clone();
    if selection.models.is_empty() {
        selection.models.push("*".into());
    }
    let cells = Cells::choose(&selection, rows(Size::Quick))?.here()?;
    let studio = Studio::open(drawing)?;
    let mut scenes: Vec<TracedWorkload> = Vec::new();
    for row in &cells.rows {
        if scenes.iter().any(|scene| scene.workload == row.workload()) {
            continue;
        }
        eprintln!("{}", row.workload());
        let has = |model: &&Model| cells.has(row.workload(), &model.model);
        let models = cells.models.iter().filter(has).cloned();
        let models: Vec<Model> = models.collect();
        scenes.push(studio.recorded(&**row, &models)?);
    }
    keep(scenes, drawing, "traces")
}

/// Where runs are recorded.
struct Studio<'a> {
    drawing: &'a Drawing,
    folder: tempfile::TempDir,
    limits: Limits,
}

impl<'a> Studio<'a> {
    fn open(drawing: &'a Drawing) -> Result<Self, Fail> {
        let limits = limits(drawing.deadline, None)?;
        let folder = tempfile::tempdir().map_err(Fail::of)?;
        Ok(Self { drawing, folder, limits })
    }

    fn scene<'b>(&'b self, row: Option<&'b dyn Row>) -> Scene<'b> {
        let (drawing, limits) = (self.drawing, &self.limits);
        Scene { row, drawing, folder: self.folder.path(), limits }
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
        let first = record(&self.scene(Some(&*pinned)), &models[..1])?;
        let recorded = first.scened.first();
        let spans = recorded.map_or(0, |scened| scened.traced.run.spans.len());
        if spans == 0 {
            // Its steps are too short to be recorded, in any model.
            let scene = self.scene(Some(&*pinned));
            return Ok(written(&scene, &*pinned, Vec::new(), first.failed));
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
        let scene = self.scene(row);
        let Recorded { scened, failed } = record(&scene, models)?;
        Ok(written(&scene, named, scened, failed))
    }
}

/// What could be recorded, and what not and why.
struct Recorded {
    scened: Vec<Scened>,
    failed: Vec<(String, Failure)>,
}

fn record(scene: &Scene<'_>, models: &[Model]) -> Result<Recorded, Fail> {
    let (mut scened, mut failed) = (Vec::new(), Vec::new());
    for model in models {
        match scene.record(model) {
            Ok(recorded) => scened.push(recorded),
            Err(failure) if failure.cause == Cause::Interrupted => {
                return Err(Fail::Interrupted("interrupted".into()));
            }
            Err(failure) => failed.push((model.name.clone(), failure)),
        }
    }
    Ok(Recorded { scened, failed })
}

fn told(failed: &[(String, Failure)]) -> Fail {
    let told = failed.iter().map(|(name, why)| format!("{name}: {why}"));
    Fail::Failure(told.collect::<Vec<_>>().join("; "))
}

fn written(
    scene: &Scene<'_>,
    row: &dyn Row,
    scened: Vec<Scened>,
    failed: Vec<(String, Failure)>,
) -> TracedWorkload {
    let size = match scene.unit() {
        Some(_) => String::new(),
        None => row.label(),
    };
    let failed = failed.into_iter();
    TracedWorkload {
        workload: row.workload().to_owned(),
        size,
        workers: scene.workers(),
        runs: scene.drawing.runs,
        unit: scene.unit(),
        tasks: scene.tasks(),
        models: scened.into_iter().map(|s| s.traced).collect(),
        failed: failed.map(|(name, why)| (name, why.to_string())).collect(),
    }
}

/// Writes the file for the page, and says where it is.
fn keep(
    scenes: Vec<TracedWorkload>,
    drawing: &Drawing,
    name: &str,
) -> Result<PathBuf, Fail> {
    let begun = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let traces = Traces::new(
        begun.to_string(),
        stamp::machine(),
        stamp::build(),
        scenes,
    );
    let text = serde_json::to_string(&traces).map_err(Fail::of)?;
    let path = save(&drawing.output, name, "json", &text)?;
    eprintln!("traces, for `lanes report`: {}", path.display());
    Ok(path)
}

/// Writes the picture and the trace file, and says where they are.
fn write(picture: &Picture, drawing: &Drawing, name: &str) -> Result<(), Fail> {
    let drawn = svg(picture).map_err(Fail::of)?;
    let drawn = save(&drawing.output, name, "svg", &drawn)?;
    let traces = perfetto(&picture.timelines);
    let traces = save(&drawing.output, name, "json", &traces)?;
    eprintln!("picture: {}", drawn.display());
    eprintln!("trace, for ui.perfetto.dev: {}", traces.display());
    Ok(())
}
