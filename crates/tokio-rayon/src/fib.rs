//! `fib` in tokio, computing in a rayon pool.
//!
//! - share: a token that both halves copy
//! - start: one computation is handed to the pool, where `join` runs the left
//!   half and offers the right to be stolen
//! - wait: a worker whose right half was stolen steals other work meanwhile
//! - join: an addition, once `join` returns both; the last sum comes back
//!   through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fib> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and no fork leaves the pool again");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(job, |job, pool| async move {
            let sum = pool.compute(move || job.finish(fib(job.fork(), job.n)));
            received(sum.await)
        })
    }
}

fn fib(fork: Fork, n: u32) -> u64 {
    if let Some(value) = fork.leaf(n) {
        return value;
    }
    // Moved: closures that borrow would keep both values in memory.
    let left = move || fib(fork, n - 1);
    let right = move || fib(fork, n - 2);
    let (left, right) = rayon::join(left, right);
    left + right
}
