//! `wordcount` in OS threads under a global lock.
//!
//! - share: every thread borrows the text, and has a table of its own
//! - start: a scoped thread for each part
//! - wait: a thread sleeps until it has the lock, and passes it on when asked
//! - join: the threads are joined in order, each table is put into the one so
//!   far

use crate::{Gil, join_all};
use lanes_core::parts::Part;
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Wordcount> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("compute under one lock: many tables, one core");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        gil.drive(|scope| {
            let count = |part: Part| job.count(part, Counts::default());
            let threads = job
                .parts(self.workers)
                .map(|part| {
                    gil.spawn_scoped(scope, part.task, move || count(part))
                })
                .collect::<Result<_, _>>()?;
            let counts = join_all(threads)?.into_iter();
            Ok(counts.fold(Counts::default(), Counts::and))
        })
    }
}
