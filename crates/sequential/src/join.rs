//! `join` on the caller's thread.
//!
//! - share: a reference to the list
//! - start: a call for each of the two
//! - wait: the second part waits for the first
//! - join: a pair

use crate::Sequential;
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Sequential {
    const FIT: Fit = Fit::Natural("two calls: the sum of both parts");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(|| {
            let most = job.max(job.whole(0))?;
            let twice = job.double(job.whole(1))?;
            Ok((most, [twice].into_iter().collect()))
        })
    }
}
