//! `sort` in async-std.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   sorted list
//! - start: a task for the left half of every fork, on the one global queue
//! - wait: a task gives its worker back until its left half has ended
//! - join: a merge, once the left half is awaited

use crate::AsyncStd;
use async_std::task;
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Sort> for AsyncStd {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; here nothing else needs it");

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
            return job.leaf(stretch);
        }
        let (left, right) = stretch.halves();
        let left = task::spawn(sort(job.clone(), left));
        let right = sort(job.clone(), right).await;
        job.merge(left.await?, right?)
    })
}
