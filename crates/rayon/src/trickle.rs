//! `trickle` in rayon.
//!
//! - share: every job borrows the run, and what it computes from
//! - start: `install` puts a job into the queue of the whole pool
//! - wait: an idle worker looks for jobs some rounds long, and then sleeps
//! - join: `install` returns what was done

use crate::Rayon;
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for Rayon {
    const FIT: Fit = Fit::Possible(
        "each task wakes workers that then look for more, and there is none",
    );

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for task in job.tasks() {
            log.idle()?;
            let done = self.drive(|| job.work(task))?;
            log.ended(done);
        }
        log.answer()
    }
}
