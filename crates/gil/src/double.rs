//! `double` in OS threads under a global lock.
//!
//! - share: every thread borrows the list, since no thread outlives the scope
//! - start: a scoped thread for each part
//! - wait: a thread sleeps until it has the lock, and passes it on when asked
//! - join: the threads are joined in order, their pieces moved

use crate::{Gil, join_all};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Double> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("compute under one lock: many threads, one core");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        gil.drive(|scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| {
                    gil.spawn_scoped(scope, part.task, || job.double(part))
                })
                .collect::<Result<_, _>>()?;
            Ok(join_all(threads)?.into_iter().collect())
        })
    }
}
