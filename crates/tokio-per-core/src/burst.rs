//! `burst` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each of a burst, dealt to the cores in turn
//! - wait: an idle core sleeps until it is woken
//! - join: the handles of a burst are awaited in order

use crate::{TokioPerCore, joined};
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("every core has its own tasks, and sleeps by itself");

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job, |job, cores| async move {
                let start = |task| {
                    let job = job.clone();
                    cores.spawn(async move { job.work(task) })
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
