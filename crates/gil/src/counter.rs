//! `counter` in OS threads under a global lock.
//!
//! - share: every thread borrows the total
//! - start: a scoped thread for each task
//! - wait: a thread sleeps until it has the lock, and passes it on when asked
//! - join: the threads are joined in order, the total is read last

use crate::{Gil, affordable, join_all};
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Counter> for Gil {
    const FIT: Fit =
        Fit::Possible("nobody contends for the total, and nobody adds at once");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        affordable(job.tasks)?;
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        let total = &job.total();
        gil.drive(|scope| {
            let add = |task| job.add(task, total);
            let threads = (0..job.tasks)
                .map(|task| gil.spawn_scoped(scope, task, move || add(task)))
                .collect::<Result<_, _>>()?;
            join_all(threads)?;
            Ok(total.sum())
        })
    }
}
