//! `fib` in smol.
//!
//! - share: a token that every task copies, with a counted handle to the
//!   executor
//! - start: a task for the left half of every fork, on the one global queue
//! - wait: a task gives its worker back until its left half has ended
//! - join: an addition, once the left half is awaited

use crate::Smol;
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};
use smol::Executor;
use std::pin::Pin;
use std::sync::Arc;

impl Run<Fib> for Smol {
    const FIT: Fit =
        Fit::Unsuitable("a task and a boxed future for a single addition");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(job, |job, executor| async move {
            job.finish(fib(job.fork(), executor, job.n).await)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn fib(fork: Fork, executor: Arc<Executor<'static>>, n: u32) -> Boxed {
    Box::pin(async move {
        if let Some(value) = fork.leaf(n) {
            return value;
        }
        let left = executor.spawn(fib(fork, Arc::clone(&executor), n - 1));
        let right = fib(fork, executor, n - 2).await;
        left.await + right
    })
}
