//! `double` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job
//! - start: a blocking task for each part, on one queue for all blocking
//!   threads
//! - wait: only the task that joins, which holds no thread
//! - join: the handles are awaited in order, their pieces moved

use crate::{TokioBlocking, joined};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Double> for TokioBlocking {
    const FIT: Fit = Fit::Possible(
        "made for calls that block; its docs want computing bounded",
    );

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let workers = self.workers;
        self.drive(job, move |job| async move {
            let start = |part| {
                let job = job.clone();
                task::spawn_blocking(move || job.double(part))
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut pieces = Vec::with_capacity(tasks.len());
            for task in tasks {
                pieces.push(joined(task.await)?);
            }
            Ok(pieces.into_iter().collect())
        })
    }
}
