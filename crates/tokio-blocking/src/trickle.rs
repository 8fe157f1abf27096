//! `trickle` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each, which starts a blocking one
//! - wait: idle threads of the pool sleep until one of them is notified
//! - join: the caller waits for the handle

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Trickle> for TokioBlocking {
    const FIT: Fit = Fit::Possible(
        "two threads are woken for each task: one to wait for it",
    );

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for number in job.tasks() {
            log.idle()?;
            let done = self.drive(job, move |job| async move {
                joined(task::spawn_blocking(move || job.work(number)).await)
            })?;
            log.ended(done);
        }
        log.answer()
    }
}
