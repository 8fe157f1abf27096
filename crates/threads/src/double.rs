//! `double` in OS threads.
//!
//! - share: every thread borrows the list, since no thread outlives the scope
//! - start: a scoped thread for each part
//! - wait: only the caller, until the threads have ended
//! - join: the threads are joined in order, their pieces moved

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Double> for Threads {
    const FIT: Fit =
        Fit::Natural("a few large parts repay the start of a thread each");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| spawn_scoped(scope, || job.double(part)))
                .collect::<Result<_, _>>()?;
            Ok(join_all(threads)?.into_iter().collect())
        })
    }
}
