//! `fetch` in async-std.
//!
//! - share: every task owns a counted handle to the job and to the number of
//!   the next request
//! - start: a task for each request that may be in flight
//! - wait: a task gives its worker back until the answer is there
//! - join: the handles are awaited in order, their numbers put in order

use crate::{AsyncStd, Connection};
use async_std::task;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Run<Fetch> for AsyncStd {
    const FIT: Fit = Fit::Natural(
        "waiting for many answers is what an async runtime is for",
    );

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| async move {
            let next = Arc::new(AtomicUsize::new(0));
            let start = |_| task::spawn(fetch(job.clone(), Arc::clone(&next)));
            let tasks: Vec<_> = (0..job.in_flight()).map(start).collect();
            let mut results = Vec::new();
            for task in tasks {
                results.extend(task.await?);
            }
            Ok(job.in_order(results))
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
