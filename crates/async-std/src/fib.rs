//! `fib` in async-std.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for the left half of every fork, to be stolen
//! - wait: a task gives its worker back until its left half has ended
//! - join: an addition, once the left half is awaited

use crate::{AsyncStd, join};
use async_std::task;
use lanes_core::workload::Fib;
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Fib> for AsyncStd {
    fn fit(&self) -> Fit {
        Fit::Unsuitable("a task and a boxed future for a single addition")
    }

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            job.finish(fib(job.clone(), job.n).await?)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = Result<u64, Error>> + Send>>;

fn fib(job: Job<Fib>, n: u32) -> Boxed {
    Box::pin(async move {
        if let Some(value) = job.leaf(n) {
            return Ok(value);
        }
        let left = task::spawn(fib(job.clone(), n - 1));
        let right = fib(job, n - 2).await;
        Ok(join(left).await? + right?)
    })
}
