//! `trickle` in tokio, computing in a rayon pool.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each, which hands its compute to the pool
//! - wait: an idle worker of the pool looks for work some rounds long, and then
//!   sleeps
//! - join: the caller waits for the handle

use crate::{TokioRayon, received};
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for TokioRayon {
    const FIT: Fit = Fit::Possible(
        "two threads are woken for each task: one to wait for it",
    );

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for task in job.tasks() {
            log.idle()?;
            let done = self.drive(job, move |job, pool| async move {
                received(pool.compute(move || job.work(task)).await)
            })?;
            log.ended(done);
        }
        log.answer()
    }
}
