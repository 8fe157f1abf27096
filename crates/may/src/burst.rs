//! `burst` in may.
//!
//! - share: every coroutine owns a counted handle to the job
//! - start: a coroutine for each of a burst, on the queues of the workers in
//!   turn; each wakes its worker
//! - wait: an idle worker asks the system what is ready, and every 10 ms looks
//!   for coroutines of others
//! - join: the handles of a burst are joined in order

use crate::{May, join_all, spawn};
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Burst> for May {
    const FIT: Fit = Fit::Possible(
        "idle workers wake up every 10 ms; compute is not for them",
    );

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(job, |job| {
                let start = |task| {
                    let job = job.clone();
                    spawn(move || job.work(task))
                };
                join_all(burst.map(start))
            })?;
            log.began(done);
        }
        log.answer()
    }
}
