//! `fetch` in OS threads that take turns.
//!
//! - share: every thread borrows the requests and the number of the next one
//! - start: a scoped thread for each request that may be in flight
//! - wait: a thread waits for its answer, and all others for that thread
//! - join: the threads are joined in order, their numbers put in order

use crate::{Lock, Mutex, affordable, join_all, spawn_scoped};
use lanes_core::request::Connection;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::atomic::{AtomicUsize, Ordering};

impl Run<Fetch> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("a lock held through a wait: the delays add up");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        affordable(job.in_flight())?;
        let lock = &Lock::of(job.context());
        let next = AtomicUsize::new(0);
        self.drive(job.context(), |scope| {
            let threads = (0..job.in_flight())
                .map(|_| spawn_scoped(scope, || fetch(lock, job, &next)))
                .collect::<Result<_, _>>()?;
            Ok(job.in_order(join_all(threads)?.concat()))
        })
    }
}

fn fetch(
    lock: &Lock<'_>,
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
        // Only one request is in flight at a time, however many may be.
        let largest = lock.hold(index, || {
            let reply = connection.exchange(request, job.context(), index)?;
            job.largest(index, &reply)
        });
        results.push((index, largest?));
    }
}
