//! `fetch` in tokio.
//!
//! - share: every task owns a counted handle to the job and to a semaphore
//! - start: a task for each request; the semaphore holds most of them back
//! - wait: a task gives its worker back until the answer is there
//! - join: the handles are awaited in order

use crate::{Tokio, exchange, join_all};
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use tokio::sync::Semaphore;

impl Run<Fetch> for Tokio {
    fn fit(&self) -> Fit {
        Fit::Natural("waiting for many answers is what an async runtime is for")
    }

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| async move {
            let limit = Arc::new(Semaphore::new(job.in_flight()));
            let start = |index| {
                tokio::spawn(fetch(job.clone(), Arc::clone(&limit), index))
            };
            join_all(job.indices().map(start).collect()).await
        })
    }
}

async fn fetch(
    job: Job<Fetch>,
    limit: Arc<Semaphore>,
    index: usize,
) -> Result<u64, Error> {
    let _permit = limit.acquire().await.expect("never closed");
    let reply = exchange(job.context(), index, job.request(index)).await?;
    job.largest(index, &reply)
}
