//! `wordcount` in OS threads.
//!
//! - share: every thread borrows the text, and has a table of its own
//! - start: a scoped thread for each part
//! - wait: only the caller, until the threads have ended
//! - join: the threads are joined in order, each table is put into the one so
//!   far

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Wordcount> for Threads {
    const FIT: Fit =
        Fit::Natural("a table for each thread, and no lock around any");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        self.drive(job.context(), |scope| {
            let count = |part| job.count(part, Counts::default());
            let threads = job
                .parts(self.workers)
                .map(|part| spawn_scoped(scope, move || count(part)))
                .collect::<Result<_, _>>()?;
            let counts = join_all(threads)?.into_iter();
            Ok(counts.fold(Counts::default(), Counts::and))
        })
    }
}
