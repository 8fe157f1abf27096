//! `spawn` in async-std.
//!
//! - share: a token that every task copies
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, the results added

use crate::AsyncStd;
use async_std::task;
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for AsyncStd {
    const FIT: Fit = Fit::Natural("a task is one allocation on a queue");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        self.drive(job, |job| async move {
            let empty = job.empty();
            let start = |task| task::spawn(async move { empty.task(task) });
            let mut sum = 0;
            for round in job.rounds() {
                let tasks: Vec<_> = round.map(start).collect();
                for task in tasks {
                    sum += task.await;
                }
            }
            job.finish(sum)
        })
    }
}
