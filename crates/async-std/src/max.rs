//! `max` in async-std.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part on the one global queue, from which workers
//!   take batches
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, the results folded

use crate::AsyncStd;
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
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut most = None;
            for task in tasks {
                most = most.max(task.await?);
            }
            Ok(most)
        })
    }
}
