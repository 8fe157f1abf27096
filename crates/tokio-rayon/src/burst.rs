//! `burst` in tokio, computing in a rayon pool.
//!
//! - share: every task owns a counted handle to the job
//! - start: each task of a burst is handed to the pool
//! - wait: an idle worker of the pool looks for work some rounds long, and then
//!   sleeps
//! - join: the channels of the results are awaited in order

use crate::{TokioRayon, received};
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for TokioRayon {
    const FIT: Fit = Fit::Natural(
        "the pool wakes its workers by itself, and none waits for I/O",
    );

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job, |job, pool| async move {
                let start = |task| {
                    let job = job.clone();
                    pool.compute(move || job.work(task))
                };
                let tasks: Vec<_> = burst.map(start).collect();
                let mut done = Vec::with_capacity(tasks.len());
                for task in tasks {
                    done.push(received(task.await)?);
                }
                Ok(done)
            })?;
            log.began(done);
        }
        log.answer()
    }
}
