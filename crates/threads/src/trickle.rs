//! `trickle` in OS threads.
//!
//! - share: every thread borrows the job
//! - start: a scoped thread for each task
//! - wait: only the caller, until the thread has ended
//! - join: the thread is joined

use crate::{Threads, joined, spawn_scoped};
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for Threads {
    const FIT: Fit =
        Fit::Possible("no thread is idle, and one has to start for each task");

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for task in job.tasks() {
            log.idle()?;
            let done = self.drive(job.context(), |scope| {
                let thread = spawn_scoped(scope, || job.work(task))?;
                joined(thread.join())
            })?;
            log.ended(done);
        }
        log.answer()
    }
}
