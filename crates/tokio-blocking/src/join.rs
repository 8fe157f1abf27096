//! `join` in tokio's blocking threads.
//!
//! - share: each task owns a counted handle to the job
//! - start: a blocking task for each of the two parts, on one queue for all
//!   blocking threads
//! - wait: only the task that joins, which holds no thread
//! - join: the handles are awaited one after the other, into a pair

use crate::{TokioBlocking, joined};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Join> for TokioBlocking {
    const FIT: Fit =
        Fit::Natural("two computations beside a task is what they are for");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job, |job| async move {
            let (first, second) = (job.clone(), job);
            let most = task::spawn_blocking(move || first.max(first.whole(0)));
            let twice =
                task::spawn_blocking(move || second.double(second.whole(1)));
            let (most, twice) = (joined(most.await)?, joined(twice.await)?);
            Ok((most, [twice].into_iter().collect()))
        })
    }
}
