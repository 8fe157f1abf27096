//! The same model entered twice: how often a difference is claimed.

use crate::peers::{Claim, Hog, criterion_claims, hyperfine_claims};
use crate::{CELLS, contender, measure, own, row};
use lanes_measure::statistics::Grade;
use std::error::Error;
use std::time::{Duration, Instant};

/// As long as criterion takes for its two runs: a fifth of the default.
const BUDGET: Duration = Duration::from_secs(4);

/// How often each tool claimed a difference, quiet and with a hog.
#[derive(Default)]
struct Tally {
    claims: [usize; 2],
    /// Claims that it could not make, since it is not there.
    missing: usize,
    seconds: f64,
}

impl Tally {
    fn count(
        &mut self,
        busy: bool,
        claim: impl FnOnce() -> Result<Claim, Box<dyn Error>>,
    ) -> Result<Claim, Box<dyn Error>> {
        let begin = Instant::now();
        let claim = claim()?;
        self.seconds += begin.elapsed().as_secs_f64();
        match claim {
            Claim::Difference => self.claims[usize::from(busy)] += 1,
            Claim::Missing => self.missing += 1,
            Claim::None => {}
        }
        Ok(claim)
    }

    fn show(&self, name: &str, count: usize) {
        let [quiet, busy] = self.claims;
        let each = self.seconds / count as f64;
        if self.missing == count {
            println!("| {name} | not here | | | |");
        } else {
            let both = quiet + busy;
            println!("| {name} | {both} | {quiet} | {busy} | {each:.1} s |");
        }
    }
}

/// Makes so many comparisons with `lanes` and, unless it is alone, with the
/// other tools.
pub(crate) fn print(count: usize, alone: bool) -> Result<(), Box<dyn Error>> {
    let worker = own(&["worker"]);
    let mut tallies: [Tally; 3] = Default::default();
    for number in 0..count {
        let busy = number % 2 == 1;
        let (workload, model) = CELLS[number / 2 % CELLS.len()];
        let hog = busy.then(Hog::start).transpose()?;
        let [lanes, criterion, hyperfine] = &mut tallies;
        let ours = lanes.count(busy, || {
            let names = [model.to_owned(), format!("{model}#2")];
            let twice = names.map(|name| contender(&name, model, &worker));
            let seed = 1000 + number as u64;
            let results = measure(row(workload), twice.to_vec(), BUDGET, seed)?;
            let summary = results.rows[0].summary.as_ref();
            let standings = summary.iter().flat_map(|s| &s.groups[0].standings);
            let mut grades = standings.filter_map(|s| s.grade);
            let differs =
                grades.any(|grade| matches!(grade, Grade::Slower { .. }));
            Ok(if differs { Claim::Difference } else { Claim::None })
        })?;
        let mut theirs = [Claim::Missing, Claim::Missing];
        for (at, tally) in [criterion, hyperfine].into_iter().enumerate() {
            theirs[at] = tally.count(busy, || match at {
                _ if alone => Ok(Claim::Missing),
                0 => criterion_claims(workload, model),
                _ => hyperfine_claims(workload, model),
            })?;
        }
        drop(hog);
        let load = if busy { "hog" } else { "quiet" };
        eprintln!(
            "{:3} {workload}/{model} {load}: lanes {ours:?}, criterion {:?}, \
             hyperfine {:?}",
            number + 1,
            theirs[0],
            theirs[1]
        );
    }
    println!(
        "{count} comparisons of a model with itself, half with a CPU hog:"
    );
    println!("| tool | differences claimed | quiet | with a hog | time each |");
    println!("|---|--:|--:|--:|--:|");
    let names = [
        "lanes",
        "criterion, against a saved baseline",
        "hyperfine, by more than its own ±",
    ];
    for (name, tally) in names.into_iter().zip(&tallies) {
        tally.show(name, count);
    }
    println!("must reach: lanes in 5 of 100 or fewer");
    Ok(())
}
