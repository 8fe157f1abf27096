//! `spawn` in tokio.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task each on the worker's queue, to be stolen
//! - wait: never
//! - join: the handles are awaited in order, the results added

use crate::{Tokio, join_all};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Tokio {
    fn fit(&self) -> Fit {
        Fit::Natural("a task is one allocation on a queue")
    }

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let start = |task| {
                let job = job.clone();
                tokio::spawn(async move { Ok(job.task(task)) })
            };
            let tasks = (0..job.tasks).map(start).collect();
            job.finish(join_all(tasks).await?.into_iter().sum())
        })
    }
}
