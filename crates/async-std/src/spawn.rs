//! `spawn` in async-std.
//!
//! - share: a token that every task copies
//! - start: a task each on the worker's queue, to be stolen
//! - wait: never
//! - join: the handles are awaited in order, the results added

use crate::{AsyncStd, join_all};
use async_std::task;
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for AsyncStd {
    const FIT: Fit = Fit::Natural("a task is one allocation on a queue");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let empty = job.empty();
            let start = |task| task::spawn(async move { Ok(empty.task(task)) });
            let tasks = (0..job.tasks).map(start).collect();
            job.finish(join_all(tasks).await?.into_iter().sum())
        })
    }
}
