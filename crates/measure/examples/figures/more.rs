//! How often the time comes true that an open grade asks for.

use crate::lot::cells;
use crate::{contender, own, plan};
use lanes_core::{Family, Size, rows};
use lanes_measure::results::RowResult;
use lanes_measure::session;
use lanes_measure::statistics::Grade;
use lanes_measure::summarize::summarize;
use lanes_measure::words::{CLASSES, more};
use lanes_suite::MODELS;
use std::error::Error;

/// How many visits each row gets.
const VISITS: usize = 90;

/// After so many visits the grades are read.
const READ: usize = 4;

/// Reads grades after the first few visits of long sessions, and then visit by
/// visit until the grade is no longer open. A session is cut into two, each of
/// which begins anew.
pub(crate) fn print(count: usize) -> Result<(), Box<dyn Error>> {
    let worker = own(&["worker"]);
    let mut drawn: Vec<(&'static str, String)> = Vec::new();
    // Rows by lot, by way of their cells.
    for (row, _) in cells(usize::MAX) {
        let name = (row.workload(), row.label());
        if drawn.len() < count && !drawn.contains(&name) {
            drawn.push(name);
        }
    }
    let (mut came, mut asked) = (0, 0);
    for (number, name) in drawn.iter().enumerate() {
        let mut all = rows(Size::Quick);
        all.retain(|row| (row.workload(), row.label()) == *name);
        let runtimes =
            MODELS.iter().filter(|entry| entry.family == Family::Runtime);
        let contenders = runtimes.map(|entry| {
            let mut own = contender(entry.name, entry.name, &worker);
            own.serial = entry.serial;
            own
        });
        let mut plan = plan(all.pop().ok_or("no row")?, contenders.collect());
        plan.rounds = Some(VISITS);
        plan.seed = 9000 + number as u64;
        let results = session::run(&plan, String::new(), &mut |_, _| Ok(()))?;
        for begin in [0, VISITS / 2] {
            let (a, b) = read(&results.rows[0], begin);
            came += a;
            asked += b;
        }
    }
    println!("came true within a factor of two: {came} of {asked}");
    println!("must reach: 8 of 10");
    Ok(())
}

/// How many of the open grades came true, and how many there were.
fn read(row: &RowResult, begin: usize) -> (usize, usize) {
    let visit = row.seconds / VISITS as f64;
    let of = |count: usize| {
        let mut part = row.clone();
        let range = begin..begin + count;
        part.samples.retain(|taken| range.contains(&taken.visit));
        summarize(&part, 0.95, session::MARGIN)
    };
    let open = |count: usize| -> Vec<(usize, Option<usize>)> {
        let summary = of(count);
        let all = summary.iter().flat_map(|s| &s.groups[0].standings);
        let open = all.filter_map(|standing| match standing.grade? {
            Grade::Open { more_visits } => {
                Some((standing.contender, more_visits))
            }
            _ => None,
        });
        open.collect()
    };
    let (mut came, mut asked) = (0, 0);
    for (contender, visits) in open(READ) {
        let name = &row.contenders[contender].name;
        let said = visits.map_or(f64::INFINITY, |v| v as f64 * visit);
        let most = VISITS - begin;
        let decided = (READ + 1..=most)
            .find(|count| open(*count).iter().all(|(c, _)| *c != contender));
        let took = decided.map(|count| (count - READ) as f64 * visit);
        let class = CLASSES.iter().position(|(middle, _)| said <= 2.0 * middle);
        let ends = class.map(|at| {
            let (middle, _) = CLASSES[at];
            // The shortest class has no lower end.
            let least = if at == 0 { 0.0 } else { middle / 2.0 };
            (least, 2.0 * middle)
        });
        let longest = (most - READ) as f64 * visit;
        let holds = match (took, ends) {
            (Some(took), Some((least, most))) => least <= took && took <= most,
            (Some(_), None) => false,
            // It was not looked at for as long as it may take.
            (None, Some((_, most))) if longest >= most => false,
            (None, _) => continue,
        };
        let took = took.map_or_else(
            || format!("more than {longest:.0} s"),
            |took| format!("{took:.0} s"),
        );
        eprintln!(
            "{} {} {name}: {}; took {took}",
            row.workload,
            row.size,
            more(said)
        );
        came += usize::from(holds);
        asked += 1;
    }
    (came, asked)
}
