//! `burst` on the caller's thread.
//!
//! - share: a reference to the job
//! - start: a call for each task
//! - wait: the one thread sleeps until the next burst
//! - join: the tasks of a burst are done when the next one comes

use crate::Sequential;
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for Sequential {
    const FIT: Fit =
        Fit::Natural("nobody has to be woken: the thread that waits computes");

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        self.drive(|| {
            let mut log = job.log();
            for burst in job.bursts() {
                log.idle()?;
                let tasks = burst.map(|task| job.work(task));
                log.began(tasks.collect::<Result<Vec<_>, _>>()?);
            }
            log.answer()
        })
    }
}
