//! `burst` in smol.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each of a burst on the one global queue, from which
//!   workers take batches
//! - wait: one idle worker waits for the reactor, the others are parked
//! - join: the handles of a burst are awaited in order

use crate::Smol;
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for Smol {
    const FIT: Fit = Fit::Possible(
        "idle workers wait for I/O and timers; compute is not for it",
    );

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job, |job, executor| async move {
                let start = |task| {
                    let job = job.clone();
                    executor.spawn(async move { job.work(task) })
                };
                let tasks: Vec<_> = burst.map(start).collect();
                let mut done = Vec::with_capacity(tasks.len());
                for task in tasks {
                    done.push(task.await?);
                }
                Ok(done)
            })?;
            log.began(done);
        }
        log.answer()
    }
}
