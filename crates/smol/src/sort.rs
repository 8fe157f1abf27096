//! `sort` in smol.
//!
//! - share: every task owns counted handles to the job and the executor, and
//!   its memory of the sorted list
//! - start: a task for the left half of every fork, on the one global queue
//! - wait: a task gives its worker back until its left half has ended
//! - join: a merge, once the left half is awaited

use crate::Smol;
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use smol::Executor;
use std::pin::Pin;
use std::sync::Arc;

impl Run<Sort> for Smol {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; here nothing else needs it");

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        self.drive(job, |job, executor| async move {
            let stretch = sort(job.clone(), executor, job.whole()?).await?;
            Ok(job.answer(stretch))
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = Result<Stretch, Error>> + Send>>;

fn sort(
    job: Job<Sort>,
    executor: Arc<Executor<'static>>,
    stretch: Stretch,
) -> Boxed {
    Box::pin(async move {
        if stretch.is_leaf() {
            return job.leaf(stretch);
        }
        let (left, right) = stretch.halves();
        let own = Arc::clone(&executor);
        let left = executor.spawn(sort(job.clone(), own, left));
        let right = sort(job.clone(), executor, right).await;
        job.merge(left.await?, right?)
    })
}
