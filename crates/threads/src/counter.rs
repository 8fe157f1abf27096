//! `counter` in OS threads.
//!
//! - share: every thread borrows the total
//! - start: a scoped thread for each task
//! - wait: in the form with a lock, the system puts a thread to sleep
//! - join: the threads are joined in order, the total is read last

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Counter> for Threads {
    const FIT: Fit =
        Fit::Natural("a lock of the system for threads of the system");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        affordable(job.tasks)?;
        let total = &job.total();
        self.drive(job.context(), |scope| {
            let threads = (0..job.tasks)
                .map(|task| spawn_scoped(scope, move || job.add(task, total)))
                .collect::<Result<_, _>>()?;
            join_all(threads)?;
            Ok(total.sum())
        })
    }
}
