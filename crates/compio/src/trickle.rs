//! `trickle` in compio.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each, on one queue
//! - wait: an idle thread sleeps in its ring until it is woken
//! - join: the caller waits for the answer

use crate::{Compio, join};
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for Compio {
    const FIT: Fit = Fit::Possible(
        "idle threads sleep in the kernel; compute is not for them",
    );

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for task in job.tasks() {
            log.idle()?;
            let done = self.drive(job, |job| {
                join(self.dispatch(move || async move { job.work(task) }))
            })?;
            log.ended(done);
        }
        log.answer()
    }
}
