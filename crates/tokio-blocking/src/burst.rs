//! `burst` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job
//! - start: a blocking task for each of a burst, in the queue of that pool
//! - wait: idle threads of the pool sleep until one of them is notified
//! - join: the handles of a burst are awaited in order

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Burst> for TokioBlocking {
    const FIT: Fit =
        Fit::Possible("each task wakes a thread of the pool, one at a time");

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job, |job| async move {
                let start = |number| {
                    let job = job.clone();
                    task::spawn_blocking(move || job.work(number))
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
