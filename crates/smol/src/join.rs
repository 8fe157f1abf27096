//! `join` in smol.
//!
//! - share: each task owns a counted handle to the job
//! - start: a task for each of the two parts on the one global queue, from
//!   which workers take batches
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited one after the other, into a pair

use crate::Smol;
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Smol {
    const FIT: Fit =
        Fit::Possible("`future::zip` alone would run both on one worker");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job, |job, executor| async move {
            let (first, second) = (job.clone(), job);
            let most = executor.spawn(async move { first.max(first.whole(0)) });
            let twice =
                executor.spawn(async move { second.double(second.whole(1)) });
            let (most, twice) = (most.await?, twice.await?);
            Ok((most, [twice].into_iter().collect()))
        })
    }
}
