//! `counter` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job and to the total
//! - start: a task for each, dealt to the cores in turn
//! - wait: in the form with a lock, the system puts a core's thread to sleep
//! - join: the handles are awaited in order, the total is read last

use crate::{TokioPerCore, joined};
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Counter> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("runtimes of their own are there to share nothing");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        self.drive(job, |job, cores| async move {
            let total = Arc::new(job.total());
            let start = |task| {
                let (job, total) = (job.clone(), Arc::clone(&total));
                cores.spawn(async move { job.add(task, &total) })
            };
            let tasks: Vec<_> = (0..job.tasks).map(start).collect();
            for task in tasks {
                joined(task.await)?;
            }
            Ok(total.sum())
        })
    }
}
