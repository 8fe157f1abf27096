//! What was found of traps, as tables and for programs.

use crate::args::Format;
use crate::fail::Fail;
use crate::show::{Sheet, json, number};
use lanes_measure::results::State;
use lanes_measure::traps::{Finding, Outcome, Side, Trap, Traps};
use lanes_measure::words::counted;

/// What was found, in this format.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(traps: &Traps, format: Format) -> Result<String, Fail> {
    match format {
        Format::Json => json(traps),
        Format::Csv => list(traps).text(format),
        Format::Table | Format::Markdown => people(traps, format),
    }
}

fn people(traps: &Traps, format: Format) -> Result<String, Fail> {
    let mut sheet =
        Sheet::new(&["trap", "program", "outcome", "figure", "issue"]);
    let ran = |trap: &&Trap| trap.missing.is_none();
    for trap in traps.traps.iter().filter(ran) {
        for (index, side) in trap.sides().enumerate() {
            // A trap stands above its remedies.
            let first = index == 0;
            let issue = trap.issues.first().filter(|_| first);
            let issue = issue.map(|issue| match format {
                // There an address alone is no link.
                Format::Markdown => format!("<{}>", issue.address),
                _ => issue.address.clone(),
            });
            let name = if first { trap.name.clone() } else { "".into() };
            let what = match first {
                true => side.what.clone(),
                false => format!("· {}", side.what),
            };
            let outcome = match side.outcome {
                Some(Outcome::Right)
                    if first && trap.finding == Finding::NotShown =>
                {
                    trap.finding.words()
                }
                Some(outcome) => outcome.word(),
                None => "not run",
            };
            sheet.row(vec![
                name,
                what,
                outcome.into(),
                trap.figure(side),
                issue.unwrap_or_default(),
            ]);
        }
    }
    let mut text = sheet.text(format)?;
    text.push('\n');
    for trap in &traps.traps {
        if let Some(why) = &trap.missing {
            text += &format!("{}: not here, because {why}\n", trap.name);
        }
        for side in trap.sides().filter(|side| fails(side)) {
            let (name, what) = (&trap.name, &side.what);
            text += &format!("{name}, {what}: {}\n", side.detail());
        }
    }
    let unfinished = match traps.state {
        State::Complete => "",
        State::Running | State::Interrupted => ", interrupted",
    };
    let (machine, build) = (&traps.machine, &traps.build);
    let mut on = format!("{machine}; {build}");
    for python in &traps.pythons {
        on += &format!("; {python}");
    }
    text += &format!(
        "\n{}; {}, {:.0} s{unfinished}\n{on}\n",
        traps.totals(),
        counted(traps.repeats, "run"),
        traps.seconds,
    );
    Ok(text)
}

/// Whether what it printed last may say why.
fn fails(side: &Side) -> bool {
    let outcome = side.outcome.filter(|outcome| outcome.is_failure());
    outcome.is_some() && !side.detail().is_empty()
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 10] = [
    "trap", "finding", "role", "program", "outcome", "kind", "figure", "runs",
    "detail", "issues",
];

/// A line for each program.
fn list(traps: &Traps) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for trap in &traps.traps {
        let issues = trap.issues.iter().map(|issue| issue.address.as_str());
        let issues: Vec<&str> = issues.collect();
        for (index, side) in trap.sides().enumerate() {
            let role = if index == 0 { "without" } else { "remedy" };
            let outcome = side.outcome.map_or("", Outcome::word);
            let detail = match &trap.missing {
                Some(why) => why,
                None => side.detail(),
            };
            sheet.row(vec![
                trap.name.clone(),
                trap.finding.name().into(),
                role.into(),
                side.what.clone(),
                outcome.into(),
                trap.kind.name().into(),
                number(side.figure),
                side.runs.len().to_string(),
                detail.to_owned(),
                issues.join(" "),
            ]);
        }
    }
    sheet
}
