//! `counter` in async-std.
//!
//! - share: every task owns a counted handle to the job and to the total
//! - start: a task for each on the worker's queue, to be stolen
//! - wait: the system puts a worker to sleep where the lock is taken
//! - join: the handles are awaited in order, the total is read last

use crate::{AsyncStd, join_all};
use async_std::task;
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Counter> for AsyncStd {
    const FIT: Fit =
        Fit::Possible("a contended lock blocks a worker; this one is short");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let total = Arc::new(job.total());
            let start = |task| {
                let (job, total) = (job.clone(), Arc::clone(&total));
                task::spawn(async move { job.add(task, &total) })
            };
            join_all((0..job.tasks).map(start).collect()).await?;
            Ok(total.sum())
        })
    }
}
