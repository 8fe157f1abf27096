//! What was found, as a table.

use super::{Curve, Found, Metg};
use crate::tables::{Table, UNKNOWN};
use crate::words::time;

/// The curves, that with the smallest task first.
pub fn ranked(metg: &Metg) -> Vec<&Curve> {
    let mut curves: Vec<&Curve> = metg.curves.iter().collect();
    let place = |curve: &&Curve| match curve.found {
        Found::Above { .. } => 0.0,
        Found::Metg(found) => found.median,
        Found::Below { up_to } => 1.0 + up_to,
        Found::Open => 1e6,
        Found::Unmeasured => 2e6,
    };
    curves.sort_by(|a, b| place(a).total_cmp(&place(b)));
    curves
}

/// A line for each model, in the order of [`ranked`].
pub fn table(metg: &Metg) -> Table {
    let columns = ["model", "workers", "METG", "interval", "visits"];
    let mut table = Table::new(&columns);
    for curve in ranked(metg) {
        let unknown = |why: String| (UNKNOWN.to_owned(), why);
        let (metg, interval) = match curve.found {
            Found::Metg(found) => (
                time(found.median),
                format!("{} to {}", time(found.low), time(found.high)),
            ),
            Found::Below { up_to } => {
                unknown(format!("never reached one half up to {}", time(up_to)))
            }
            Found::Above { down_to } => {
                unknown(format!("above one half down to {}", time(down_to)))
            }
            Found::Open => unknown("too few visits".into()),
            Found::Unmeasured => unknown("not measured".into()),
        };
        let visits: usize = curve.rungs.iter().map(|r| r.visits.len()).sum();
        table.row(vec![
            curve.name.clone(),
            curve.workers.to_string(),
            metg,
            interval,
            visits.to_string(),
        ]);
    }
    table
}
