//! A model slowed by a known share: how often that is found, and how often the
//! interval holds the true ratio.

use crate::lot::cells;
use crate::{contender, measure, own};
use lanes_measure::results::Results;
use lanes_measure::session::Plan;
use lanes_measure::statistics::{Fit, Grade};
use lanes_measure::summarize::{summarize, table};
use std::error::Error;

/// How much slower, as fractions, and how many of twelve must be found.
const SLOWED: [(f64, usize); 3] = [(0.05, 10), (0.07, 11), (0.1, 12)];

/// How many cells are drawn.
const CELLS: usize = 12;

/// Makes sessions of two processes of one model, with a twin as usual, and
/// multiplies the times of the second one: whatever else slows a model down,
/// such as a pause in which its pool falls asleep, would make the true ratio
/// another one.
pub(crate) fn print() -> Result<(), Box<dyn Error>> {
    let worker = own(&["worker"]);
    let budget = Plan::default_budget(3);
    let (mut held, mut wrong, mut sessions) = (0, 0, 0);
    println!("| slowed by | found of {CELLS} | must reach |");
    println!("|--:|--:|--:|");
    for (level, (slowed, least)) in SLOWED.into_iter().enumerate() {
        let mut found = 0;
        for (number, (row, model)) in cells(CELLS).into_iter().enumerate() {
            let cell = format!("{} {} {model}", row.workload(), row.label());
            let names = [model.to_owned(), format!("{model}-slowed")];
            let both = names.map(|name| contender(&name, model, &worker));
            let seed = 5000 + (level * CELLS + number) as u64;
            let mut results = measure(row, both.to_vec(), budget, seed)?;
            slow(&mut results, 1.0 + slowed);
            let row = &results.rows[0];
            let summary = summarize(row, results.level, results.margin);
            let summary = summary.ok_or("no samples")?;
            let slower = |which: usize| {
                let mut all = summary.groups[0].standings.iter();
                let own = all.find(|standing| standing.contender == which);
                let grade = own.and_then(|standing| standing.grade);
                matches!(grade, Some(Grade::Slower { .. }))
            };
            wrong += usize::from(slower(0));
            let fit = Fit::new(&table(row, |taken| Some(taken.seconds())));
            let pair = fit.difference(1, 0).ok_or("too few visits")?;
            let ends = pair.interval(results.level).ratio();
            let truth = 1.0 + slowed;
            held += usize::from(ends.low <= truth && truth <= ends.high);
            found += usize::from(slower(1));
            sessions += 1;
            eprintln!(
                "{cell} slowed by {slowed}: {:.3} to {:.3} in {} visits, {}",
                ends.low,
                ends.high,
                summary.visits,
                if slower(1) { "found" } else { "not found" }
            );
        }
        println!("| {:.0} % | {found} | {least} |", slowed * 100.0);
    }
    println!("the interval holds the true ratio in {held} of {sessions}");
    println!("the other one is graded slower in {wrong} of {sessions}");
    Ok(())
}

/// Multiplies the times of the second contender.
fn slow(results: &mut Results, times: f64) {
    let samples = results.rows.iter_mut().flat_map(|row| &mut row.samples);
    for taken in samples.filter(|taken| taken.contender == 1) {
        taken.sample.wall_ns = (taken.sample.wall_ns as f64 * times) as u64;
    }
}
