//! `fetch` with crossbeam's channels.
//!
//! - share: a channel of request numbers that every thread receives from
//! - start: a thread for each request that may be in flight, beside the pool,
//!   whose few workers are for compute
//! - wait: a thread waits for its answer, and the system runs the others
//! - join: a channel of results, until the last sender is gone

use crate::Crossbeam;
use crossbeam::channel::{self, Receiver};
use lanes_core::request::Connection;
use lanes_core::scoped::{scoped, spawn_scoped};
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Fetch> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("a channel feeds threads of its own, beside the workers");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        let (number, numbers) = channel::unbounded();
        let (result, results) = channel::unbounded();
        job.indices().try_for_each(|index| number.send(index)).ok();
        drop(number);
        scoped(job.context(), |scope| {
            for _ in 0..job.in_flight() {
                let (numbers, result) = (numbers.clone(), result.clone());
                spawn_scoped(scope, move || {
                    let found = caught(|| fetch(job, &numbers));
                    result.send(job.context().note(found)).ok();
                    Ok(())
                })?;
            }
            drop(result);
            let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
            Ok(job.in_order(results.concat()))
        })
    }
}

fn fetch(
    job: &Job<Fetch>,
    numbers: &Receiver<usize>,
) -> Result<Vec<(usize, u64)>, Error> {
    let mut connection = Connection::default();
    let mut results = Vec::new();
    for index in numbers {
        let request = job.request(index);
        let reply = connection.exchange(request, job.context(), index)?;
        results.push((index, job.largest(index, &reply)?));
    }
    Ok(results)
}
