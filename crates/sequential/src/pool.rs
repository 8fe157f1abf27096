//! `pool` on the caller's thread.
//!
//! - share: a list of the tasks
//! - start: a call for each that is not cancelled
//! - wait: never
//! - join: a call returns its result before the next task begins

use crate::Sequential;
use lanes_core::workload::{Pool, Served};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Pool> for Sequential {
    const FIT: Fit =
        Fit::Possible("no executor: each result is there when its call ends");

    fn run(&self, job: &Job<Pool>) -> Result<Served, Error> {
        self.drive(|| {
            let desk = job.desk();
            let mut inbox = desk.inbox();
            for task in desk.tasks() {
                match job.cancels(task) {
                    true => inbox.gone(),
                    false => inbox.take(desk.work(task)?),
                }
            }
            inbox.answer()
        })
    }
}
