//! `counter` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job and to the total
//! - start: a boxed closure for each task on the worker's deque, to be stolen
//! - wait: in the form with a lock, the system puts a worker to sleep
//! - join: the tasks are joined in order, the total is read last

use crate::{Crossbeam, executor};
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Counter> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("no more tasks contend at a time than there are workers");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        self.drive(job, |job| {
            let total = Arc::new(job.total());
            let start = |task| {
                let (job, total) = (job.clone(), Arc::clone(&total));
                executor::spawn(move || job.add(task, &total))
            };
            let tasks: Vec<_> = (0..job.tasks).map(start).collect();
            for task in tasks {
                task.join()?;
            }
            Ok(total.sum())
        })
    }
}
