//! `join` in chili.
//!
//! - share: both closures borrow the job
//! - start: `join` queues the first and runs the second itself; queued work is
//!   only shared when a fork within it is run, and here there is none
//! - wait: never: the caller runs both, one after the other
//! - join: `join` returns the pair

use crate::Chili;
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Join> for Chili {
    const FIT: Fit = Fit::Unsuitable("a single fork is never shared");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(|scope| {
            let (most, twice) = scope.join(
                |_| caught(|| job.max(job.whole(0))),
                |_| caught(|| job.double(job.whole(1))),
            );
            Ok((most?, [twice?].into_iter().collect()))
        })
    }
}
