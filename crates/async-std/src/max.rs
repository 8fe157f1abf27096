//! `max` in async-std.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part on the worker's queue, to be stolen
//! - wait: never
//! - join: the handles are awaited in order, the results folded

use crate::{AsyncStd, join_all};
use async_std::task;
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Max> for AsyncStd {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; here nothing else needs it");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let workers = self.workers;
        self.drive(job, move |job| async move {
            let start = |part| {
                let job = job.clone();
                task::spawn(async move { job.max(part) })
            };
            let tasks = job.parts(workers).map(start).collect();
            Ok(join_all(tasks).await?.into_iter().max().flatten())
        })
    }
}
