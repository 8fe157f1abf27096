//! `counter` in tokio, computing in a rayon pool.
//!
//! - share: every computation owns a counted handle to the job and to the total
//! - start: each is handed to the pool, on a queue that a worker looks into
//!   when it finds no other work
//! - wait: in the form with a lock, the system puts a worker to sleep
//! - join: all come back through channels that are awaited in order, the total
//!   is read last

use crate::{TokioRayon, received};
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Counter> for TokioRayon {
    const FIT: Fit =
        Fit::Possible("a lock in the pool blocks a worker, but no I/O");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        self.drive(job, |job, pool| async move {
            let total = Arc::new(job.total());
            let start = |task| {
                let (job, total) = (job.clone(), Arc::clone(&total));
                pool.compute(move || job.add(task, &total))
            };
            let tasks: Vec<_> = (0..job.tasks).map(start).collect();
            for task in tasks {
                received(task.await)?;
            }
            Ok(total.sum())
        })
    }
}
