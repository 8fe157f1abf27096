//! `dictionary` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job and to the map
//! - start: a blocking task for each, on one queue for all blocking threads
//! - wait: for a lock that another has, the system puts a blocking thread to
//!   sleep
//! - join: the handles are awaited in order, the map is read last

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use tokio::task;

impl Run<Dictionary> for TokioBlocking {
    const FIT: Fit =
        Fit::Natural("a lock that blocks holds back no task that waits");

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        self.drive(job, |job| async move {
            let map = Arc::new(job.map());
            let start = |task| {
                let (job, map) = (job.clone(), Arc::clone(&map));
                task::spawn_blocking(move || job.look(task, &map))
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
