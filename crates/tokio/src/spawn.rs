//! `spawn` in tokio.
//!
//! - share: a token that every task copies
//! - start: a task for each; the newest lies in a slot that nobody steals from,
//!   the others on the worker's queue, which overflows into a global one
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, the results added

use crate::{Tokio, joined};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Tokio {
    const FIT: Fit = Fit::Natural("a task is one allocation on a queue");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        self.drive(job, |job| async move {
            let empty = job.empty();
            let start =
                |task| tokio::spawn(async move { Ok(empty.task(task)) });
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
