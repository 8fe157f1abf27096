//! `dictionary` in smol.
//!
//! - share: every task owns a counted handle to the job and to the map
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: for a lock that another has, the system puts a worker to sleep
//! - join: the handles are awaited in order, the map is read last

use crate::Smol;
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Dictionary> for Smol {
    const FIT: Fit =
        Fit::Possible("a contended lock blocks a worker; this one is short");

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        self.drive(job, |job, executor| async move {
            let map = Arc::new(job.map());
            let start = |task| {
                let (job, map) = (job.clone(), Arc::clone(&map));
                executor.spawn(async move { job.look(task, &map) })
            };
            let tasks: Vec<_> = (0..job.tasks()).map(start).collect();
            let mut found = Vec::with_capacity(tasks.len());
            for task in tasks {
                found.push(task.await?);
            }
            job.looked(found, &map)
        })
    }
}
