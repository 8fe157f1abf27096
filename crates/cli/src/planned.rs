//! `lanes run --list` and `lanes run --dry-run`: what a session would measure.

use crate::args::{Format, Run};
use crate::fail::Fail;
use crate::show::{Sheet, json, number, print};
use lanes_measure::document::Output;
use lanes_measure::session::Plan;
use lanes_measure::words::{count, counted, percent, round_time};
use serde::Serialize;

/// A cell that would be measured.
#[derive(Serialize)]
struct PlannedCell {
    workload: String,
    model: String,
    size: String,
    /// How many workers it is asked for.
    workers: usize,
}

/// The columns of [`list`] in CSV.
pub(crate) const LIST: [&str; 4] = ["workload", "model", "size", "workers"];

/// The columns of [`dry_run`] in CSV.
pub(crate) const DRY_RUN: [&str; 7] = [
    "rows",
    "cells",
    "processes_per_round",
    "rounds",
    "processes",
    "most_seconds",
    "output",
];

/// A session that was not begun.
#[derive(Serialize)]
struct Planned {
    /// The rows.
    rows: usize,
    /// The cells, without the controls.
    cells: Vec<PlannedCell>,
    /// How many processes are started for one round of all rows; that of the
    /// control is one of a row.
    processes_per_round: usize,
    /// How many rounds each row gets; none where the time decides.
    rounds: Option<usize>,
    /// How many processes are started in all, where that is known.
    processes: Option<usize>,
    /// How long measuring may take, in seconds; none where the rounds decide.
    most_seconds: Option<f64>,
    /// The file that the results would be written to.
    output: String,
}

fn cells(plan: &Plan) -> Vec<PlannedCell> {
    let mut cells = Vec::new();
    for row in &plan.rows {
        for contender in plan.of(&**row) {
            cells.push(PlannedCell {
                workload: row.workload().into(),
                model: contender.model.clone(),
                size: row.label(),
                workers: contender.workers,
            });
        }
    }
    cells
}

/// The cells as a table, in any format but JSON.
fn sheet(cells: &[PlannedCell]) -> Sheet {
    let mut sheet = Sheet::new(&LIST);
    for cell in cells {
        let PlannedCell { workload, model, size, workers } = cell;
        let names = [workload, model, size].map(String::clone);
        let mut row = names.to_vec();
        row.push(workers.to_string());
        sheet.row(row);
    }
    sheet
}

/// Prints the cells that would be measured.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn list(plan: &Plan, format: Format) -> Result<(), Fail> {
    let cells = cells(plan);
    match format {
        Format::Json => print(&json(&cells)?),
        Format::Csv | Format::Markdown => print(&sheet(&cells).text(format)?),
        Format::Table => {
            // Numbers of workers are no part of a filter.
            let mut names: Vec<String> = Vec::new();
            for PlannedCell { workload, model, size, .. } in &cells {
                let name = format!("{workload}/{model}/{size}\n");
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            print(&names.concat())
        }
    }
}

/// Prints what would be measured, for how long, and where the results would go.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn dry_run(
    plan: &Plan,
    output: &Output,
    options: &Run,
) -> Result<(), Fail> {
    let format = options.printing.format();
    let processes_per_round = plan.cells();
    let planned = Planned {
        rows: plan.rows.len(),
        cells: cells(plan),
        processes_per_round,
        rounds: plan.rounds,
        processes: plan.rounds.map(|rounds| rounds * processes_per_round),
        most_seconds: match plan.rounds {
            Some(_) => None,
            None => Some(plan.budget.as_secs_f64()),
        },
        output: output.path().display().to_string(),
    };
    match format {
        Format::Json => print(&json(&planned)?),
        Format::Csv => {
            let whole = |count: Option<usize>| {
                count.map(|count| count.to_string()).unwrap_or_default()
            };
            let mut sheet = Sheet::new(&DRY_RUN);
            sheet.row(vec![
                planned.rows.to_string(),
                planned.cells.len().to_string(),
                processes_per_round.to_string(),
                whole(planned.rounds),
                whole(planned.processes),
                number(planned.most_seconds),
                planned.output,
            ]);
            print(&sheet.text(format)?)
        }
        Format::Table | Format::Markdown => {
            let table = sheet(&planned.cells).text(format)?;
            print(&format!("{table}\n{}", words(&planned, plan)))
        }
    }
}

/// The plan in sentences, a paragraph each in Markdown.
fn words(planned: &Planned, plan: &Plan) -> String {
    let rows = counted(planned.rows, "row");
    let cells = counted(planned.cells.len(), "cell");
    let controls = planned.processes_per_round - planned.cells.len();
    let controls = match controls {
        0 => String::new(),
        count => format!(" and {}", counted(count, "control")),
    };
    let each = count(planned.processes_per_round);
    let processes = match (planned.rounds, planned.processes) {
        (Some(rounds), Some(all)) => {
            let rounds = counted(rounds, "round");
            format!("{each} a round, {} in {rounds}", count(all))
        }
        _ => format!("{each} a round; the time decides how many rounds"),
    };
    let time = match (planned.most_seconds, plan.until) {
        (None, _) => "unknown: as long as the rounds take".into(),
        (Some(most), None) => format!("{}, the budget", round_time(most)),
        (Some(most), Some(goal)) => format!(
            "{} at most, less if all is decided within {} before",
            round_time(most),
            percent(goal)
        ),
    };
    format!(
        "measured: {cells} in {rows}{controls}\nprocesses: {processes}\n\
         time: {time}\nresults: {}\n",
        planned.output
    )
}
