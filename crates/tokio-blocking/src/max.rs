//! `max` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job
//! - start: a blocking task for each part, on one queue for all blocking
//!   threads
//! - wait: only the task that joins, which holds no thread
//! - join: the handles are awaited in order, the results folded

use crate::{TokioBlocking, joined};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Max> for TokioBlocking {
    const FIT: Fit = Fit::Possible(
        "made for calls that block; its docs want computing bounded",
    );

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let workers = self.workers;
        self.drive(job, move |job| async move {
            let start = |part| {
                let job = job.clone();
                task::spawn_blocking(move || job.max(part))
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut most = None;
            for task in tasks {
                most = most.max(joined(task.await)?);
            }
            Ok(most)
        })
    }
}
