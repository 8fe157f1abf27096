//! `trickle` in may.
//!
//! - share: every coroutine owns a counted handle to the job
//! - start: a coroutine for each, on the queue of the worker whose turn it is,
//!   which is woken
//! - wait: an idle worker asks the system what is ready, and every 10 ms looks
//!   for coroutines of others
//! - join: the caller joins the handle

use crate::{May, join, spawn};
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for May {
    const FIT: Fit = Fit::Possible(
        "idle workers wake up every 10 ms; compute is not for them",
    );

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for task in job.tasks() {
            log.idle()?;
            let done =
                self.drive(job, |job| join(spawn(move || job.work(task))))?;
            log.ended(done);
        }
        log.answer()
    }
}
