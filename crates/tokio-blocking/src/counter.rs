//! `counter` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job and to the total
//! - start: a blocking task for each, on one queue for all blocking threads
//! - wait: in the form with a lock, the system puts a blocking thread to sleep
//! - join: the handles are awaited in order, the total is read last

use crate::{TokioBlocking, joined};
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use tokio::task;

impl Run<Counter> for TokioBlocking {
    const FIT: Fit =
        Fit::Natural("a lock that blocks holds back no task that waits");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let total = Arc::new(job.total());
            let start = |task| {
                let (job, total) = (job.clone(), Arc::clone(&total));
                task::spawn_blocking(move || job.add(task, &total))
            };
            let tasks: Vec<_> = (0..job.tasks).map(start).collect();
            for task in tasks {
                joined(task.await)?;
            }
            Ok(total.sum())
        })
    }
}
