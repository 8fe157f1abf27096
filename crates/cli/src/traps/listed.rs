//! `lanes traps --list`: the traps, and what each asks.

use crate::args::Format;
use crate::fail::Fail;
use crate::show::{Sheet, json};
use lanes_traps::Trap;
use serde::Serialize;

/// The columns in CSV.
pub(crate) const COLUMNS: [&str; 4] = ["trap", "library", "asks", "issues"];

/// A trap that was not tried.
#[derive(Serialize)]
pub(crate) struct Listed {
    trap: &'static str,
    library: &'static str,
    asks: &'static str,
    issues: Vec<&'static str>,
}

pub(crate) fn listed(trap: &Trap) -> Listed {
    Listed {
        trap: trap.name,
        library: trap.library,
        asks: trap.asks,
        issues: trap.issues.iter().map(|(address, _)| *address).collect(),
    }
}

/// The traps, in this format.
///
/// # Errors
/// Those of the format's library.
pub(crate) fn text(traps: &[&Trap], format: Format) -> Result<String, Fail> {
    let all: Vec<Listed> = traps.iter().map(|trap| listed(trap)).collect();
    if format == Format::Json {
        return json(&all);
    }
    let mut sheet = Sheet::new(&COLUMNS);
    for Listed { trap, library, asks, issues } in all {
        // For people, the first one: the others are in the file.
        let count = if format.is_for_people() { 1 } else { issues.len() };
        let issues = issues[..count.min(issues.len())].join(" ");
        let row = [trap, library, asks, &issues].map(str::to_owned);
        sheet.row(row.to_vec());
    }
    sheet.text(format)
}
