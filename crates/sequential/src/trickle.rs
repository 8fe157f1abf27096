//! `trickle` on the caller's thread.
//!
//! - share: a reference to the job
//! - start: a call for each task
//! - wait: the one thread sleeps until the next task
//! - join: a task is done when its call returns

use crate::Sequential;
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for Sequential {
    const FIT: Fit =
        Fit::Natural("nobody has to be woken: the thread that waits computes");

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        self.drive(|| {
            let mut log = job.log();
            for task in job.tasks() {
                log.idle()?;
                log.ended(job.work(task)?);
            }
            log.answer()
        })
    }
}
