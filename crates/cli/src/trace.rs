//! `lanes trace`: who computed, who waited and who stood in line.

use crate::args::{Format, Selection, Trace};
use crate::draw::{Scene, save};
use crate::fail::Fail;
use crate::run::limits;
use crate::select::Cells;
use crate::show::print;
use lanes_core::Size;
use lanes_measure::row::{rows, rows_with};
use lanes_report::{Picture, View, perfetto, svg};

/// Records every chosen model, and writes a picture and a trace file.
///
/// # Errors
/// Those of the selection and of the output; [`Fail::Failure`] if a model could
/// not be recorded, after the others were.
pub(crate) fn trace(options: &Trace) -> Result<(), Fail> {
    let Trace { workload, models, size, items, drawing } = options;
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
        let names = known.iter().map(|row| row.workload());
        return Err(crate::select::unknown("workload", workload, names));
    }
    let filter = match size {
        Some(size) => format!("{workload}/*/{size}"),
        None => workload.clone(),
    };
    let selection = Selection {
        filters: vec![filter],
        models: models.clone(),
        peers: Vec::new(),
    };
    let cells = Cells::choose(&selection, known)?.here()?;
    let limits = limits(drawing.deadline, None)?;
    let folder = tempfile::tempdir().map_err(Fail::of)?;
    let in_units = workload == "subtasks" && size.is_none() && items.is_none();
    let pinned = cells.rows[0].pinned().map_err(Fail::of)?;
    let scene = Scene {
        row: (!in_units).then_some(&*pinned),
        drawing,
        folder: folder.path(),
        limits: &limits,
    };
    let (mut scened, mut failed) = (Vec::new(), Vec::new());
    for model in &cells.models {
        eprintln!("{}", model.name);
        match scene.record(model) {
            Ok(recorded) => scened.push(recorded),
            Err(failure) => failed.push(format!("{}: {failure}", model.name)),
        }
    }
    if scened.is_empty() {
        return Err(Fail::Failure(failed.join("; ")));
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
        timelines: scened.into_iter().map(|s| s.timeline).collect(),
    };
    write(&picture, drawing, &format!("trace-{workload}"))?;
    match &failed[..] {
        [] => Ok(()),
        failed => Err(Fail::Failure(failed.join("; "))),
    }
}

/// Writes the picture and the trace file, and says where they are.
fn write(
    picture: &Picture,
    drawing: &crate::args::Drawing,
    name: &str,
) -> Result<(), Fail> {
    let drawn = svg(picture).map_err(Fail::of)?;
    let drawn = save(&drawing.output, name, "svg", &drawn)?;
    let traces = perfetto(&picture.timelines);
    let traces = save(&drawing.output, name, "json", &traces)?;
    eprintln!("picture: {}", drawn.display());
    eprintln!("trace, for ui.perfetto.dev: {}", traces.display());
    Ok(())
}
