//! `fib` in async-std.
//!
//! - share: a token that every task copies
//! - start: a task for the left half of every fork, on the one global queue
//! - wait: a task gives its worker back until its left half has ended
//! - join: an addition, once the left half is awaited

use crate::AsyncStd;
use async_std::task;
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Fib> for AsyncStd {
    const FIT: Fit =
        Fit::Unsuitable("a task and a boxed future for a single addition");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            job.finish(fib(job.fork(), job.n).await)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn fib(fork: Fork, n: u32) -> Boxed {
    Box::pin(async move {
        if let Some(value) = fork.leaf(n) {
            return value;
        }
        let left = task::spawn(fib(fork, n - 1));
        let right = fib(fork, n - 2).await;
        left.await + right
    })
}
