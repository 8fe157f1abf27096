//! `counter` in OS threads that take turns.
//!
//! - share: every thread borrows the total
//! - start: a scoped thread for each task
//! - wait: a thread sleeps until its turn, which is all of its additions
//! - join: the threads are joined in order, the total is read last

use crate::{Lock, Mutex, affordable, join_all, spawn_scoped};
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Counter> for Mutex {
    const FIT: Fit =
        Fit::Possible("nobody contends for a total that one has to itself");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        affordable(job.tasks)?;
        let lock = &Lock::of(job.context());
        let total = &job.total();
        self.drive(job.context(), |scope| {
            let add = |task| lock.hold(task, || job.add(task, total));
            let threads = (0..job.tasks)
                .map(|task| spawn_scoped(scope, move || add(task)))
                .collect::<Result<_, _>>()?;
            join_all(threads)?;
            Ok(total.sum())
        })
    }
}
