//! `spawn` in tokio, with a runtime for each core.
//!
//! - share: a token that every task copies
//! - start: a task for each, dealt to the cores in turn; one for another core
//!   goes through that core's queue under a lock, and wakes it
//! - wait: only the task that joins, which gives its core back
//! - join: the handles are awaited in order, the results added

use crate::{TokioPerCore, joined};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("cheap on its own core; another core has to be woken");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        self.drive(job, |job, cores| async move {
            let empty = job.empty();
            let start = |task| cores.spawn(async move { Ok(empty.task(task)) });
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
