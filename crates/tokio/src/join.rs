//! `join` in tokio.
//!
//! - share: each task owns a counted handle to the job
//! - start: a task for each of the two parts; the second lies in a slot that
//!   nobody steals from, the first on the worker's queue
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited one after the other, into a pair

use crate::{Tokio, joined};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Tokio {
    const FIT: Fit =
        Fit::Possible("`join!` alone would run both on one worker");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job, |job| async move {
            let (first, second) = (job.clone(), job);
            let most = tokio::spawn(async move { first.max(first.whole(0)) });
            let twice =
                tokio::spawn(async move { second.double(second.whole(1)) });
            let (most, twice) = (joined(most.await)?, joined(twice.await)?);
            Ok((most, [twice].into_iter().collect()))
        })
    }
}
