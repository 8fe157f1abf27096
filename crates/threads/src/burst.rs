//! `burst` in OS threads.
//!
//! - share: every thread borrows the job
//! - start: a scoped thread for each task of a burst
//! - wait: only the caller, until the threads of the burst have ended
//! - join: the threads of a burst are joined in order

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for Threads {
    const FIT: Fit =
        Fit::Possible("no thread is idle, and one has to start for each task");

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        affordable(job.at_once())?;
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job.context(), |scope| {
                let start = |task| spawn_scoped(scope, move || job.work(task));
                join_all(burst.map(start).collect::<Result<_, _>>()?)
            })?;
            log.began(done);
        }
        log.answer()
    }
}
