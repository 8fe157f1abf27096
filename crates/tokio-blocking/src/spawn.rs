//! `spawn` in tokio's blocking threads.
//!
//! - share: a token that every task copies
//! - start: a blocking task for each, on one queue under one lock; it wakes a
//!   blocking thread where one sleeps
//! - wait: only the task that joins, which holds no thread
//! - join: the handles are awaited in order, the results added

use crate::{TokioBlocking, joined};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Spawn> for TokioBlocking {
    const FIT: Fit =
        Fit::Unsuitable("a storm of small tasks meets at the lock of a queue");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        self.drive(job, |job| async move {
            let empty = job.empty();
            let start =
                |task| task::spawn_blocking(move || Ok(empty.task(task)));
            let mut sum = 0;
            for round in job.rounds() {
                let tasks: Vec<_> = round.map(start).collect();
                for task in tasks {
                    sum += joined(task.await)?;
                }
            }
            job.finish(sum)
        })
    }
}
