//! `lanes list`: how well each model fits each workload.

use crate::args::{Format, List};
use crate::catalogue::catalogue;
use crate::fail::Fail;
use crate::grid::Grid;
use crate::models::{Model, Origin, not_built};
use crate::select::Cells;
use crate::show::{Sheet, json, print};
use lanes_core::{Size, rows};
use lanes_report::{Catalogue, ListedCell, ListedWorkload};

/// The mark of each fit.
const MARKS: [(&str, &str); 4] =
    [("natural", "●"), ("possible", "○"), ("unsuitable", "×"), (MISSING, "?")];
/// The mark of a cell that a model does not have.
const NONE: &str = "·";
/// The mark of a cell that was not chosen.
const LEFT_OUT: &str = "";
/// The fit of a model that cannot be started here.
const MISSING: &str = "missing";

/// The columns in CSV: a row for each cell.
pub(crate) const COLUMNS: [&str; 11] = [
    "workload",
    "family",
    "model",
    "fit",
    "reason",
    "measures",
    "does_not_measure",
    "unit",
    "quick",
    "full",
    "by_name",
];

/// Shows how well each model fits each workload.
///
/// # Errors
/// Those of the selection, and of models that do not start.
pub(crate) fn list(options: &List) -> Result<(), Fail> {
    let cells = Cells::of_all(&options.selection, rows(Size::Quick), true)?;
    let listed = listed(&cells);
    let format = options.printing.format();
    match format {
        Format::Json => return print(&json(&listed)?),
        Format::Csv => return print(&csv(&listed).text(format)?),
        Format::Table if !options.details => print(&grid(&listed, &cells))?,
        Format::Table | Format::Markdown => print(&details(&listed, format)?)?,
    }
    let mut lines = notes(&cells.models);
    if options.selection.is_empty() {
        lines.extend(not_built().into_iter().map(|line| line + "\n"));
    }
    if !lines.is_empty() {
        print(&format!("\n{}", lines.concat()))?;
    }
    Ok(())
}

/// The chosen workloads with their chosen cells.
pub(crate) fn listed(cells: &Cells) -> Vec<ListedWorkload> {
    let Catalogue { workloads: mut listed, models, .. } =
        catalogue(&cells.models);
    for cell in listed.iter_mut().flat_map(|listed| &mut listed.cells) {
        let model = models.iter().find(|model| model.model == cell.model);
        if let Some(why) = model.and_then(|model| model.missing.as_ref()) {
            MISSING.clone_into(&mut cell.fit);
            cell.reason.clone_from(why);
        }
    }
    listed.retain_mut(|listed| {
        let chosen =
            |cell: &ListedCell| cells.has(&listed.workload, &cell.model);
        listed.cells.retain(chosen);
        !listed.cells.is_empty()
    });
    listed
}

/// A mark for each cell, what the marks mean, and what each workload measures.
fn grid(listed: &[ListedWorkload], cells: &Cells) -> String {
    let is_listed = |model: &&Model| {
        let mut all = listed.iter().flat_map(|listed| &listed.cells);
        all.any(|cell| cell.model == model.model)
    };
    let models = cells.models.iter().filter(is_listed);
    let models: Vec<&Model> = models.collect();
    let row = |listed: &ListedWorkload| -> Vec<&'static str> {
        models.iter().map(|model| mark(listed, model)).collect()
    };
    let grid = Grid {
        corner: "workload",
        down: listed.iter().map(|l| l.workload.as_str()).collect(),
        across: models.iter().map(|m| m.model.as_str()).collect(),
        marks: listed.iter().map(row).collect(),
    };
    let mut text = grid.text("model");
    text += "\n● natural  ○ possible  × unsuitable  · no such cell  \
             ? not here; --details gives the reasons\n\n";
    let wide = listed.iter().map(|l| l.workload.len()).max().unwrap_or(0);
    for ListedWorkload { workload, stresses, .. } in listed {
        text += &format!("{workload:wide$}  {stresses}\n");
    }
    text
}

fn mark(listed: &ListedWorkload, model: &Model) -> &'static str {
    let none = match model.has(&listed.workload) {
        true => LEFT_OUT,
        false => NONE,
    };
    let cell = listed.cells.iter().find(|cell| cell.model == model.model);
    let known = cell
        .and_then(|cell| MARKS.into_iter().find(|(fit, _)| *fit == cell.fit));
    known.map_or(none, |(_, mark)| mark)
}

/// The reason for each fit, and what each workload does not measure.
fn details(listed: &[ListedWorkload], format: Format) -> Result<String, Fail> {
    let mut cells = Sheet::new(&["workload", "model", "fit", "reason"]);
    for listed in listed {
        for cell in &listed.cells {
            let ListedCell { model, fit, reason } = cell;
            let texts = [&listed.workload, model, fit, reason];
            cells.row(texts.map(String::from).to_vec());
        }
    }
    let mut workloads = Sheet::new(&[
        "workload",
        "measures",
        "does not measure",
        "quick",
        "full",
        "by name only",
    ]);
    for listed in listed {
        workloads.row(vec![
            listed.workload.clone(),
            listed.stresses.clone(),
            listed.omits.clone(),
            listed.quick.join(", "),
            listed.full.join(", "),
            listed.by_name.join(", "),
        ]);
    }
    Ok(cells.text(format)? + "\n" + &workloads.text(format)?)
}

/// All data for spreadsheets; sizes have spaces between them.
fn csv(listed: &[ListedWorkload]) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for listed in listed {
        for ListedCell { model, fit, reason } in &listed.cells {
            let ListedWorkload { workload, family, stresses, .. } = listed;
            let ListedWorkload { omits, unit, .. } = listed;
            let ListedWorkload { quick, full, by_name, .. } = listed;
            let texts =
                [workload, family, model, fit, reason, stresses, omits, unit];
            let mut row = texts.map(String::from).to_vec();
            row.extend([quick, full, by_name].map(|sizes| sizes.join(" ")));
            sheet.row(row);
        }
    }
    sheet
}

/// What is to be known of some models; those with the same line in one.
fn notes(models: &[Model]) -> Vec<String> {
    let mut notes: Vec<(String, Vec<&str>)> = Vec::new();
    for Model { name, origin, described, .. } in models {
        let missing = match origin {
            Origin::Guest(_) | Origin::Python => described.missing.clone(),
            _ => None,
        };
        let only = "only answers: it is shown, and never ranked";
        let only = described.answers_only.then(|| only.to_owned());
        let badge = described.badge.clone();
        for what in [badge, missing, only].into_iter().flatten() {
            match notes.iter_mut().find(|(known, _)| *known == what) {
                Some((_, names)) => names.push(name),
                None => notes.push((what, vec![name])),
            }
        }
    }
    let lines = notes.into_iter();
    lines
        .map(|(what, names)| format!("{}: {what}\n", names.join(", ")))
        .collect()
}
