//! `counter` in tokio.
//!
//! - share: every task owns a counted handle to the job and to the total
//! - start: a task for each; the newest lies in a slot that nobody steals from,
//!   the others on the worker's queue
//! - wait: in the form with a lock, the system puts a worker to sleep
//! - join: the handles are awaited in order, the total is read last

use crate::{Tokio, joined};
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Counter> for Tokio {
    const FIT: Fit =
        Fit::Possible("a short lock of the standard library, as its docs say");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let total = Arc::new(job.total());
            let start = |task| {
                let (job, total) = (job.clone(), Arc::clone(&total));
                tokio::spawn(async move { job.add(task, &total) })
            };
            let tasks: Vec<_> = (0..job.tasks).map(start).collect();
            for task in tasks {
                joined(task.await)?;
            }
            Ok(total.sum())
        })
    }
}
