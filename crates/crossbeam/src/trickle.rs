//! `trickle` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each task in the queue of the whole pool
//! - wait: a worker without a task is parked until it is woken
//! - join: the task is joined

use crate::Crossbeam;
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("parked workers burn nothing; a wake-up is a futex call");

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for task in job.tasks() {
            log.idle()?;
            let done = self.drive(job, move |job| job.work(task))?;
            log.ended(done);
        }
        log.answer()
    }
}
