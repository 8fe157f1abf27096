//! `sort` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   sorted list
//! - start: a task for the left half of every fork, and a blocking task for
//!   each leaf and each merge, on one queue for all blocking threads
//! - wait: a task holds no thread until its halves have ended
//! - join: a merge, once the left half is awaited

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;
use tokio::task;

impl Run<Sort> for TokioBlocking {
    const FIT: Fit = Fit::Possible(
        "made for calls that block; its docs want computing bounded",
    );

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        self.drive(job, |job| async move {
            let stretch = sort(job.clone(), job.whole()?).await?;
            Ok(job.answer(stretch))
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = Result<Stretch, Error>> + Send>>;

fn sort(job: Job<Sort>, stretch: Stretch) -> Boxed {
    Box::pin(async move {
        if stretch.is_leaf() {
            let leaf = task::spawn_blocking(move || job.leaf(stretch));
            return joined(leaf.await);
        }
        let (left, right) = stretch.halves();
        let left = tokio::spawn(sort(job.clone(), left));
        let right = sort(job.clone(), right).await;
        let (left, right) = (joined(left.await)?, right?);
        let merge = task::spawn_blocking(move || job.merge(left, right));
        joined(merge.await)
    })
}
