//! `ring` on the caller's thread.
//!
//! - share: all tasks of the ring in one list
//! - start: nothing to start
//! - wait: never, since the token is there when it is looked for
//! - join: all tasks are at hand

use crate::Sequential;
use lanes_core::workload::{Relay, Ring};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Ring> for Sequential {
    const FIT: Fit =
        Fit::Possible("nobody is woken: the price of the bookkeeping alone");

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        self.drive(|| {
            let mut members = job.members()?;
            let mut sent = job.begin()?;
            while let Some(token) = sent {
                sent = members[job.seat(token)].pass(token)?;
            }
            Ok(job.round(&members))
        })
    }
}
