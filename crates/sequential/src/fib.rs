//! `fib` on the caller's thread.
//!
//! - share: a token that is copied
//! - start: a call for each half
//! - wait: the second half waits for the first
//! - join: an addition

use crate::Sequential;
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fib> for Sequential {
    const FIT: Fit = Fit::Natural("plain recursion: a fork is a call");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(|| job.finish(fib(job.fork(), job.n)))
    }
}

fn fib(fork: Fork, n: u32) -> u64 {
    if let Some(value) = fork.leaf(n) {
        return value;
    }
    let left = fib(fork, n - 1);
    let right = fib(fork, n - 2);
    left + right
}
