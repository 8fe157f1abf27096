//! `burst` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each task of a burst on the deque of the worker
//!   that has taken the burst, to be stolen
//! - wait: a worker without a task is parked until it is woken
//! - join: the tasks of a burst are joined in order

use crate::{Crossbeam, executor};
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("parked workers burn nothing; a wake-up is a futex call");

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job, |job| {
                let start = |task| {
                    let job = job.clone();
                    executor::spawn(move || job.work(task))
                };
                let tasks: Vec<_> = burst.map(start).collect();
                let mut done = Vec::with_capacity(tasks.len());
                for task in tasks {
                    done.push(task.join()?);
                }
                Ok(done)
            })?;
            log.began(done);
        }
        log.answer()
    }
}
