//! `fetch` in async-std.
//!
//! - share: every task owns a counted handle to the job and to a channel of
//!   request numbers
//! - start: a task for each request that may be in flight, since there is no
//!   semaphore to hold back more
//! - wait: a task gives its worker back until the answer is there
//! - join: the handles are awaited in order, their numbers put in order

use crate::{AsyncStd, exchange, join_all};
use async_std::channel::{self, Receiver};
use async_std::task;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fetch> for AsyncStd {
    fn fit(&self) -> Fit {
        Fit::Natural("waiting for many answers is what an async runtime is for")
    }

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| async move {
            let (number, numbers) = channel::unbounded();
            job.indices().try_for_each(|index| number.try_send(index)).ok();
            drop(number);
            let start = |_| task::spawn(fetch(job.clone(), numbers.clone()));
            let tasks = (0..job.in_flight()).map(start).collect();
            Ok(job.in_order(join_all(tasks).await?.concat()))
        })
    }
}

async fn fetch(
    job: Job<Fetch>,
    numbers: Receiver<usize>,
) -> Result<Vec<(usize, u64)>, Error> {
    let mut results = Vec::new();
    while let Ok(index) = numbers.recv().await {
        let reply = exchange(job.context(), index, job.request(index)).await?;
        results.push((index, job.largest(index, &reply)?));
    }
    Ok(results)
}
