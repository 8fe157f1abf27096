//! `spawn` in tokio, computing in a rayon pool.
//!
//! - share: a token that every computation copies
//! - start: each is handed to the pool as a boxed closure with a channel, on a
//!   queue that a worker looks into when it finds no other work
//! - wait: only the task that joins, which holds no thread
//! - join: all come back through channels that are awaited in order, the
//!   results added

use crate::{TokioRayon, received};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for TokioRayon {
    const FIT: Fit =
        Fit::Possible("a channel and a closure for each, on one queue");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        self.drive(job, |job, pool| async move {
            let empty = job.empty();
            let start = |task| pool.compute(move || Ok(empty.task(task)));
            let mut sum = 0;
            for round in job.rounds() {
                let tasks: Vec<_> = round.map(start).collect();
                for task in tasks {
                    sum += received(task.await)?;
                }
            }
            job.finish(sum)
        })
    }
}
