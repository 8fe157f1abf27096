//! `trickle` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each, dealt to the cores in turn
//! - wait: an idle core sleeps until it is woken
//! - join: the caller waits for the handle

use crate::TokioPerCore;
use lanes_core::workload::{Fed, Trickle};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Trickle> for TokioPerCore {
    const FIT: Fit = Fit::Possible(
        "the task goes to the core whose turn it is, which is woken",
    );

    fn run(&self, job: &Job<Trickle>) -> Result<Fed, Error> {
        let mut log = job.log();
        for task in job.tasks() {
            log.idle()?;
            let done =
                self.drive(job, move |job, _| async move { job.work(task) })?;
            log.ended(done);
        }
        log.answer()
    }
}
