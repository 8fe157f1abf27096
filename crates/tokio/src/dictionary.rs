//! `dictionary` in tokio.
//!
//! - share: every task owns a counted handle to the job and to the map
//! - start: a task for each; the newest lies in a slot that nobody steals from,
//!   the others on the worker's queue
//! - wait: for a lock that another has, the system puts a worker to sleep
//! - join: the handles are awaited in order, the map is read last

use crate::{Tokio, joined};
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Dictionary> for Tokio {
    const FIT: Fit =
        Fit::Possible("a short lock of the standard library, as its docs say");

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        self.drive(job, |job| async move {
            let map = Arc::new(job.map());
            let start = |task| {
                let (job, map) = (job.clone(), Arc::clone(&map));
                tokio::spawn(async move { job.look(task, &map) })
            };
            let tasks: Vec<_> = (0..job.tasks()).map(start).collect();
            let mut found = Vec::with_capacity(tasks.len());
            for task in tasks {
                found.push(joined(task.await)?);
            }
            job.looked(found, &map)
        })
    }
}
