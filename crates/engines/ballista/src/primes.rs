//! `primes` in Ballista.
//!
//! - share: nothing; each executor reads the numbers of its grains
//! - start: a task for each file, of the stage that reads them; SQL has no word
//!   for a grain of primes, so that it calls a function of the model's own
//! - wait: a stage waits until the one before has ended
//! - join: the second stage has one task, which adds what the others found

use crate::{Ballista, LOCAL, NUMBER, column};
use datafusion::arrow::array::{ArrayRef, UInt64Array};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Input, Job, Run};
use std::sync::Arc;

impl Run<Primes> for Ballista {
    const FIT: Fit = Fit::Possible(
        "a function over rows that are numbers of grains; each has its node",
    );
    const INPUTS: &[Input] = LOCAL;

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        let Primes { below, grain } = **job;
        let grains = below.div_ceil(grain);
        let nodes = self.workers.min(grains);
        let parts = || (0..nodes).map(|n| every(n, nodes, grains)).collect();
        let table = (&NUMBER, grains.saturating_mul(size_of::<u64>()));
        let sql = format!(
            "SELECT sum(found['count']), sum(found['sum']) FROM (
                SELECT primes(
                    arrow_cast({below}, 'UInt64'),
                    arrow_cast({grain}, 'UInt64'),
                    number
                ) AS found FROM input
            )"
        );
        let rows = self.query(job, table, parts, &sql)?;
        let sum = |index| column(&rows, index).map(|all| all.iter().sum());
        job.finish(PrimeSum { count: sum(0)?, sum: sum(1)? })
    }
}

/// Every so many-th grain, from one on: later ones take longer.
fn every<'a>(
    first: usize,
    step: usize,
    grains: usize,
) -> Box<dyn Iterator<Item = Result<ArrayRef, Error>> + 'a> {
    let numbers = (first..grains).step_by(step).map(|n| n as u64);
    let array: ArrayRef = Arc::new(numbers.collect::<UInt64Array>());
    Box::new(std::iter::once(Ok(array)))
}
