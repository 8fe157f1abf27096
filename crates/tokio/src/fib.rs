//! `fib` in tokio.
//!
//! - share: a token that every task copies
//! - start: a task for the left half of every fork; the newest lies in a slot
//!   that nobody steals from, the others on the worker's queue
//! - wait: a task gives its worker back until its left half has ended
//! - join: an addition, once the left half is awaited

use crate::Tokio;
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Fib> for Tokio {
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
        let left = tokio::spawn(fib(fork, n - 1));
        let right = fib(fork, n - 2).await;
        left.await.expect("a fork never fails") + right
    })
}
