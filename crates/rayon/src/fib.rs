//! `fib` in rayon.
//!
//! - share: a token that both halves copy
//! - start: `join` runs the left half and offers the right to be stolen
//! - wait: a worker whose right half was stolen steals other work meanwhile
//! - join: an addition, once `join` returns both

use crate::Rayon;
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fib> for Rayon {
    const FIT: Fit =
        Fit::Natural("a fork that nobody steals costs little more than a call");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(|| job.finish(fib(job.fork(), job.n)))
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
