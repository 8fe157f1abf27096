//! `fetch` in compio.
//!
//! - share: every task owns a counted handle to the job and to the number of
//!   the next request
//! - start: a task for each request that may be in flight, on one queue; the
//!   thread that takes it keeps it
//! - wait: a task gives its worker back until the kernel has filled its buffer
//! - join: the caller waits for each in order, their numbers are put in order

use crate::{Compio, Connection, join_all};
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Run<Fetch> for Compio {
    const FIT: Fit =
        Fit::Natural("waiting for many answers is what it was made for");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| {
            let next = Arc::new(AtomicUsize::new(0));
            let start = |_| {
                let (job, next) = (job.clone(), Arc::clone(&next));
                self.dispatch(move || fetch(job, next))
            };
            let results = join_all((0..job.in_flight()).map(start))?;
            Ok(job.in_order(results.concat()))
        })
    }
}

async fn fetch(
    job: Job<Fetch>,
    next: Arc<AtomicUsize>,
) -> Result<Vec<(usize, u64)>, Error> {
    let mut connection = Connection::default();
    let mut results = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= job.indices().end {
            return Ok(results);
        }
        let request = job.request(index);
        let reply = connection.exchange(request, job.context(), index).await?;
        results.push((index, job.largest(index, &reply)?));
    }
}
