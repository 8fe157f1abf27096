//! `max` in OS threads that take turns.
//!
//! - share: every thread borrows the list, since no thread outlives the scope
//! - start: a scoped thread for each part
//! - wait: a thread sleeps until its turn, which is its whole part
//! - join: the threads are joined in order, the results folded

use crate::{Lock, Mutex, join_all, spawn_scoped};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Max> for Mutex {
    const FIT: Fit = Fit::Unsuitable(
        "parts that take turns use one core, whatever there is",
    );

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| {
                    let max = || lock.hold(part.task, || job.max(part));
                    spawn_scoped(scope, max)
                })
                .collect::<Result<_, _>>()?;
            Ok(join_all(threads)?.into_iter().max().flatten())
        })
    }
}
