//! `cancel` on the caller's thread.
//!
//! - share: a list of the tasks
//! - start: a call for each, in which it begins and computes a grain
//! - wait: never, since nothing goes on when a call has returned
//! - join: the list is dropped, and with it every task

use crate::Sequential;
use lanes_core::workload::{Cancel, Stopped};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Cancel> for Sequential {
    const FIT: Fit =
        Fit::Possible("nothing runs beside the stop: the floor of a drop each");

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        self.drive(|| {
            let crowd = job.crowd(job.tasks);
            let mut members = Vec::new();
            for mut member in crowd.members() {
                member.begin()?;
                if member.computes() {
                    member.grain()?;
                }
                members.push(member);
            }
            crowd.stop();
            drop(members);
            crowd.answer()
        })
    }
}
