//! `wordcount` in OS threads that take turns.
//!
//! - share: every thread borrows the text, and has a table of its own
//! - start: a scoped thread for each part
//! - wait: a thread sleeps until its turn, which is its whole part
//! - join: the threads are joined in order, each table is put into the one so
//!   far

use crate::{Lock, Mutex, join_all, spawn_scoped};
use lanes_core::parts::Part;
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Wordcount> for Mutex {
    const FIT: Fit = Fit::Unsuitable(
        "parts that take turns use one core, and one table would do",
    );

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |scope| {
            let count = |part: Part| {
                lock.hold(part.task, || job.count(part, Counts::default()))
            };
            let threads = job
                .parts(self.workers)
                .map(|part| spawn_scoped(scope, move || count(part)))
                .collect::<Result<_, _>>()?;
            let counts = join_all(threads)?.into_iter();
            Ok(counts.fold(Counts::default(), Counts::and))
        })
    }
}
