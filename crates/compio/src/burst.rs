//! `burst` in compio.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each of a burst, on one queue; the thread that takes it
//!   keeps it
//! - wait: an idle thread sleeps in its ring until it is woken
//! - join: the caller waits for each of a burst in order

use crate::{Compio, join_all};
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for Compio {
    const FIT: Fit = Fit::Possible(
        "idle threads sleep in the kernel; compute is not for them",
    );

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job, |job| {
                let start = |task| {
                    let job = job.clone();
                    self.dispatch(move || async move { job.work(task) })
                };
                join_all(burst.map(start))
            })?;
            log.began(done);
        }
        log.answer()
    }
}
