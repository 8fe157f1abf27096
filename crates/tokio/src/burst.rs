//! `burst` in tokio.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each of a burst; the newest lies in a slot that nobody
//!   steals from, the others on the queue of the worker that has the burst
//! - wait: an idle worker looks for tasks of others once, and then sleeps
//! - join: the handles of a burst are awaited in order

use crate::{Tokio, joined};
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for Tokio {
    const FIT: Fit = Fit::Possible(
        "idle workers wait for I/O and timers; compute is not for it",
    );

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job, |job| async move {
                let start = |task| {
                    let job = job.clone();
                    tokio::spawn(async move { job.work(task) })
                };
                let tasks: Vec<_> = burst.map(start).collect();
                let mut done = Vec::with_capacity(tasks.len());
                for task in tasks {
                    done.push(joined(task.await)?);
                }
                Ok(done)
            })?;
            log.began(done);
        }
        log.answer()
    }
}
