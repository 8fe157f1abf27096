//! `fetch` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job and to the number of
//!   the next request
//! - start: a task for each request that may be in flight, dealt to the cores
//!   in turn; its connection stays on its core
//! - wait: a task gives its core back until the answer is there
//! - join: the handles are awaited in order, their numbers put in order

use crate::{Connection, TokioPerCore, joined};
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

impl Run<Fetch> for TokioPerCore {
    const FIT: Fit =
        Fit::Natural("as servers do it: a connection stays on its core");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job, cores| async move {
            let next = Arc::new(AtomicUsize::new(0));
            let start = |_| cores.spawn(fetch(job.clone(), Arc::clone(&next)));
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
