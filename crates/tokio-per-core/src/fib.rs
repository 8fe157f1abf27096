//! `fib` in tokio, with a runtime for each core.
//!
//! - share: a token that every task copies
//! - start: a task for the left half of every fork, dealt to the cores in turn
//! - wait: a task gives its core back until its left half has ended
//! - join: an addition, once the left half is awaited

use crate::{Cores, TokioPerCore};
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;
use std::sync::Arc;

impl Run<Fib> for TokioPerCore {
    const FIT: Fit =
        Fit::Unsuitable("another core is woken for every other addition");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(job, |job, cores| async move {
            job.finish(fib(cores, job.fork(), job.n).await)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn fib(cores: Arc<Cores>, fork: Fork, n: u32) -> Boxed {
    Box::pin(async move {
        if let Some(value) = fork.leaf(n) {
            return value;
        }
        let left = cores.spawn(fib(Arc::clone(&cores), fork, n - 1));
        let right = fib(cores, fork, n - 2).await;
        left.await.expect("a fork never fails") + right
    })
}
