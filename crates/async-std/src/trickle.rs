//! `trickle` in async-std.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each on the one global queue
//! - wait: one idle worker waits for the reactor, the others are parked
//! - join: the caller waits for the handle

use crate::AsyncStd;
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for AsyncStd {
    const FIT: Fit = Fit::Possible(
        "idle workers wait for I/O and timers; compute is not for it",
    );

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for task in job.tasks() {
            log.idle()?;
            let done =
                self.drive(job, move |job| async move { job.work(task) })?;
            log.ended(done);
        }
        log.answer()
    }
}
