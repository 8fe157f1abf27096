//! `join` in tokio.
//!
//! - share: the task owns a counted handle to the job
//! - start: a task for one part; the other runs at once
//! - wait: never
//! - join: the handle is awaited after the other part, into a pair

use crate::{Tokio, join};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Tokio {
    fn fit(&self) -> Fit {
        Fit::Possible("`join!` alone would run both on one worker")
    }

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job, |job| async move {
            let other = job.clone();
            let most = tokio::spawn(async move { other.max(other.whole(0)) });
            let twice = job.double(job.whole(1));
            let most = join(most).await;
            Ok((most?, [twice?].into_iter().collect()))
        })
    }
}
