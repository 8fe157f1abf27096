//! `counter` in smol.
//!
//! - share: every task owns a counted handle to the job and to the total
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: in the form with a lock, the system puts a worker to sleep
//! - join: the handles are awaited in order, the total is read last

use crate::Smol;
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Counter> for Smol {
    const FIT: Fit =
        Fit::Possible("a contended lock blocks a worker; this one is short");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        self.drive(job, |job, executor| async move {
            let total = Arc::new(job.total());
            let start = |task| {
                let (job, total) = (job.clone(), Arc::clone(&total));
                executor.spawn(async move { job.add(task, &total) })
            };
            let tasks: Vec<_> = (0..job.tasks).map(start).collect();
            for task in tasks {
                task.await?;
            }
            Ok(total.sum())
        })
    }
}
