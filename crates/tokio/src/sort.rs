//! `sort` in tokio.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   sorted list
//! - start: a task for the left half of every fork; the newest lies in a slot
//!   that nobody steals from, the others on the worker's queue
//! - wait: a task gives its worker back until its left half has ended
//! - join: a merge, once the left half is awaited

use crate::{Tokio, joined};
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Sort> for Tokio {
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
        let left = tokio::spawn(sort(job.clone(), left));
        let right = sort(job.clone(), right).await;
        job.merge(joined(left.await)?, right?)
    })
}
