//! `fetch` in OS threads.
//!
//! - share: every thread borrows the requests and the number of the next one
//! - start: a scoped thread for each request that may be in flight
//! - wait: a thread waits for its answer, and the system runs the others
//! - join: the threads are joined in order, their numbers put in order

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::request::Connection;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::atomic::{AtomicUsize, Ordering};

impl Run<Fetch> for Threads {
    const FIT: Fit =
        Fit::Natural("a waiting thread costs no core, only its stack");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        affordable(job.in_flight())?;
        let next = AtomicUsize::new(0);
        self.drive(job.context(), |scope| {
            let threads = (0..job.in_flight())
                .map(|_| spawn_scoped(scope, || fetch(job, &next)))
                .collect::<Result<_, _>>()?;
            Ok(job.in_order(join_all(threads)?.concat()))
        })
    }
}

fn fetch(
    job: &Job<Fetch>,
    next: &AtomicUsize,
) -> Result<Vec<(usize, u64)>, Error> {
    let mut connection = Connection::default();
    let mut results = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= job.indices().end {
            return Ok(results);
        }
        let request = job.request(index);
        let reply = connection.exchange(request, job.context(), index)?;
        results.push((index, job.largest(index, &reply)?));
    }
}
