//! `fetch` in tokio, computing in a rayon pool.
//!
//! - share: every task owns a counted handle to the job, to the pool, and to
//!   the number of the next request
//! - start: a task for each request that may be in flight, which hands each
//!   answer to the pool
//! - wait: a task holds no thread until the answer is there
//! - join: the handles are awaited in order, their numbers put in order

use crate::{Connection, Pool, TokioRayon, joined, received};
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Run<Fetch> for TokioRayon {
    const FIT: Fit = Fit::Possible(
        "waits are free; an answer is read faster than it is handed over",
    );

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job, pool| async move {
            let next = Arc::new(AtomicUsize::new(0));
            let start = |_| {
                let next = Arc::clone(&next);
                tokio::spawn(fetch(job.clone(), pool.clone(), next))
            };
            let tasks: Vec<_> = (0..job.in_flight()).map(start).collect();
            let mut results = Vec::new();
            for task in tasks {
                results.extend(joined(task.await)?);
            }
            Ok(job.in_order(results))
        })
    }
}

async fn fetch(
    job: Job<Fetch>,
    pool: Pool,
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
        let own = job.clone();
        let largest = pool.compute(move || own.largest(index, &reply));
        results.push((index, received(largest.await)?));
    }
}
