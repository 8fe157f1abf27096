//! `dictionary` in tokio, computing in a rayon pool.
//!
//! - share: every computation owns a counted handle to the job and to the map
//! - start: each is handed to the pool, on a queue that a worker looks into
//!   when it finds no other work
//! - wait: for a lock that another has, the system puts a worker to sleep
//! - join: all come back through channels that are awaited in order, the map
//!   is read last

use crate::{TokioRayon, received};
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Dictionary> for TokioRayon {
    const FIT: Fit =
        Fit::Possible("a lock in the pool blocks a worker, but no I/O");

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        self.drive(job, |job, pool| async move {
            let map = Arc::new(job.map());
            let start = |task| {
                let (job, map) = (job.clone(), Arc::clone(&map));
                pool.compute(move || job.look(task, &map))
            };
            let tasks: Vec<_> = (0..job.tasks()).map(start).collect();
            let mut found = Vec::with_capacity(tasks.len());
            for task in tasks {
                found.push(received(task.await)?);
            }
            job.looked(found, &map)
        })
    }
}
