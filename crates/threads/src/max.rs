//! `max` in OS threads.
//!
//! - share: every thread borrows the list, since no thread outlives the scope
//! - start: a scoped thread for each part
//! - wait: only the caller, until the threads have ended
//! - join: the threads are joined in order, the results folded

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Max> for Threads {
    const FIT: Fit =
        Fit::Natural("a few large parts repay the start of a thread each");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| spawn_scoped(scope, || job.max(part)))
                .collect::<Result<_, _>>()?;
            Ok(join_all(threads)?.into_iter().max().flatten())
        })
    }
}
