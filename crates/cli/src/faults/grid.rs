//! The grids of `lanes faults`: what models do, and what libraries do by
//! themselves.

use crate::args::Format;
use crate::fail::Fail;
use crate::show::{Sheet, number};
use lanes_measure::faults::{Faults, Verdict};
use lanes_measure::results::State;
use lanes_measure::tables::Table;

/// What was found, in this format.
///
/// # Errors
/// Those of the format's library.
pub(super) fn text(faults: &Faults, format: Format) -> Result<String, Fail> {
    match format {
        Format::Json => {
            let json = serde_json::to_string_pretty(faults);
            Ok(json.map_err(Fail::of)? + "\n")
        }
        Format::Csv => list(faults).text(format),
        Format::Table | Format::Markdown => people(faults, format),
    }
}

fn people(faults: &Faults, format: Format) -> Result<String, Fail> {
    let mut text = String::new();
    if !faults.models.is_empty() {
        text += "What each model does here, held against the contract:\n\n";
        text += &here(faults).text(format)?;
        text.push('\n');
    }
    if !faults.libraries.is_empty() {
        text += "What each library does by itself:\n\n";
        text += &alone(faults).text(format)?;
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

/// A line for each case of each model and of each library.
fn list(faults: &Faults) -> Sheet {
    let mut sheet =
        Sheet::new(&["case", "who", "kind", "outcome", "detail", "seconds"]);
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
