//! `double` in async-std.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part on the one global queue, from which workers
//!   take batches
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, their pieces moved

use crate::AsyncStd;
use async_std::task;
use lanes_core::numbers::Pieces;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Double> for AsyncStd {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; here nothing else needs it");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let workers = self.workers;
        self.drive(job, move |job| async move {
            let start = |part| {
                let job = job.clone();
                task::spawn(async move { job.double(part) })
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut pieces = Vec::with_capacity(tasks.len());
            for task in tasks {
                pieces.push(task.await?);
            }
            Ok(pieces.into_iter().collect())
        })
    }
}
