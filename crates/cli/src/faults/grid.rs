//! The grids of `lanes faults`: what models do, and what libraries do by
//! themselves.

use crate::args::Format;
use crate::fail::Fail;
use crate::grid::Grid;
use crate::show::{Sheet, json, number};
use lanes_measure::faults::{Case, Faults, Verdict};
use lanes_measure::results::State;
use lanes_measure::tables::Table;

/// What was found, in this format.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(
    faults: &Faults,
    format: Format,
    details: bool,
) -> Result<String, Fail> {
    match format {
        Format::Json => json(faults),
        Format::Csv => list(faults).text(format),
        Format::Table | Format::Markdown => people(faults, format, details),
    }
}

fn people(
    faults: &Faults,
    format: Format,
    details: bool,
) -> Result<String, Fail> {
    let mut text = String::new();
    if !faults.models.is_empty() {
        text += "What each model does here, held against the contract:\n\n";
        text += &match format {
            Format::Markdown => here(faults).text(format)?,
            _ => marks(faults) + "\n" + &legend(),
        };
        text.push('\n');
    }
    if !faults.libraries.is_empty() {
        text += "What each library does by itself:\n\n";
        text += &alone(faults).text(format)?;
        text.push('\n');
    }
    if details {
        for case in &faults.cases {
            let all = faults.libraries.iter().zip(&case.alone);
            for (library, observed) in all.filter(|(_, o)| !o.what.is_empty()) {
                text += &format!(
                    "{}, {library}: {}: {}\n",
                    case.name, observed.what, observed.detail
                );
            }
        }
        text.push('\n');
    }
    for (verdict, title) in [
        (Verdict::Broken, "broken"),
        (Verdict::Exempt, "exempt"),
        (Verdict::Inapplicable, "not applicable"),
    ] {
        for remark in faults.remarks(verdict) {
            text += &format!("{title}: {remark}\n");
        }
    }
    let unfinished = match faults.state {
        State::Complete => "",
        State::Running | State::Interrupted => ", interrupted",
    };
    text += &format!(
        "\n{} passed, {} exempt, {} not applicable, {} broken; {:.0} s{}\n{}; \
         {}\n",
        faults.count(Verdict::Passed),
        faults.count(Verdict::Exempt),
        faults.count(Verdict::Inapplicable),
        faults.count(Verdict::Broken),
        faults.seconds,
        unfinished,
        faults.machine,
        faults.build,
    );
    Ok(text)
}

/// The mark of each verdict in a narrow grid.
fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✓",
        Verdict::Exempt => "e",
        Verdict::Inapplicable => "·",
        Verdict::Broken => "✗",
    }
}

fn legend() -> String {
    let all = [
        Verdict::Passed,
        Verdict::Exempt,
        Verdict::Inapplicable,
        Verdict::Broken,
    ];
    let all = all.map(|verdict| format!("{} {verdict}", mark(verdict)));
    all.join("  ") + "\n"
}

/// Cases down, models across, or the other way, with a mark for each pair.
fn marks(faults: &Faults) -> String {
    let row = |case: &Case| {
        let mut marks: Vec<_> =
            case.here.iter().map(|judged| mark(judged.verdict)).collect();
        marks.resize(faults.models.len(), "");
        marks
    };
    let grid = Grid {
        corner: "case",
        down: faults.cases.iter().map(|case| &*case.name).collect(),
        across: faults.models.iter().map(String::as_str).collect(),
        marks: faults.cases.iter().map(row).collect(),
    };
    grid.text("model")
}

/// Cases down, models across. What was not run is empty.
fn here(faults: &Faults) -> Sheet {
    let columns = faults.models.iter().cloned();
    let first = ["case".to_owned()];
    let mut sheet = Sheet::from(Table::with(first.into_iter().chain(columns)));
    for case in &faults.cases {
        let mut cells = vec![case.name.clone()];
        cells.extend(case.here.iter().map(|j| j.verdict.mark().to_owned()));
        cells.resize(faults.models.len() + 1, String::new());
        sheet.row(cells);
    }
    sheet
}

/// Cases down, libraries across; only cases that a library has a use for.
fn alone(faults: &Faults) -> Sheet {
    let columns = faults.libraries.iter().cloned();
    let first = ["case".to_owned()];
    let mut sheet = Sheet::from(Table::with(first.into_iter().chain(columns)));
    for case in &faults.cases {
        if case.alone.iter().all(|observed| observed.what.is_empty()) {
            continue;
        }
        let mut cells = vec![case.name.clone()];
        cells.extend(case.alone.iter().map(|observed| observed.what.clone()));
        cells.resize(faults.libraries.len() + 1, String::new());
        sheet.row(cells);
    }
    sheet
}

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 6] =
    ["case", "who", "kind", "outcome", "detail", "seconds"];

/// A line for each case of each model and of each library.
fn list(faults: &Faults) -> Sheet {
    let mut sheet = Sheet::new(&COLUMNS);
    for case in &faults.cases {
        for (model, judged) in faults.models.iter().zip(&case.here) {
            sheet.row(vec![
                case.name.clone(),
                model.clone(),
                "model".into(),
                judged.verdict.to_string(),
                judged.why.clone(),
                number(Some(judged.seconds)),
            ]);
        }
        for (library, observed) in faults.libraries.iter().zip(&case.alone) {
            if observed.what.is_empty() {
                continue;
            }
            sheet.row(vec![
                case.name.clone(),
                library.clone(),
                "library".into(),
                observed.what.clone(),
                observed.detail.clone(),
                String::new(),
            ]);
        }
    }
    sheet
}
