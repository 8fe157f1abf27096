//! `sort` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   sorted list
//! - start: a task for the left half of every fork, dealt to the cores in turn
//! - wait: a task gives its core back until its left half has ended
//! - join: a merge, once the left half is awaited

use crate::{Cores, TokioPerCore, joined};
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;
use std::sync::Arc;

impl Run<Sort> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("dealt halves stay; compute holds back the core's I/O");

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        self.drive(job, |job, cores| async move {
            let stretch = sort(job.clone(), cores, job.whole()?).await?;
            Ok(job.answer(stretch))
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = Result<Stretch, Error>> + Send>>;

fn sort(job: Job<Sort>, cores: Arc<Cores>, stretch: Stretch) -> Boxed {
    Box::pin(async move {
        if stretch.is_leaf() {
            return job.leaf(stretch);
        }
        let (left, right) = stretch.halves();
        let left = cores.spawn(sort(job.clone(), Arc::clone(&cores), left));
        let right = sort(job.clone(), cores, right).await;
        job.merge(joined(left.await)?, right?)
    })
}
