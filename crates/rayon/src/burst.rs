//! `burst` in rayon.
//!
//! - share: every job borrows the run, and what it computes from
//! - start: a parallel iterator over the tasks of a burst, halved until a job
//!   has one
//! - wait: an idle worker looks for jobs some rounds long, and then sleeps
//! - join: the iterator collects what was done, in order

use crate::Rayon;
use lanes_core::workload::{Burst, Fed};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Burst> for Rayon {
    const FIT: Fit = Fit::Possible(
        "a burst spreads at once; idle workers burn time before they sleep",
    );

    fn run(&self, job: &Job<Burst>) -> Result<Fed, Error> {
        let mut log = job.log();
        for burst in job.bursts() {
            log.idle()?;
            let done = self.drive(|| {
                let tasks = burst.at_once().into_par_iter().with_max_len(1);
                let done = tasks.map(|task| job.work(task));
                done.collect::<Result<Vec<_>, _>>()
            })?;
            log.began(done);
        }
        log.answer()
    }
}
