//! `fib` in a pool of crossbeam's parts.
//!
//! - share: a token that every task copies
//! - start: a boxed closure for the left half of every fork
//! - wait: a worker whose left half was stolen helps with other tasks
//! - join: an addition, once the left half is joined

use crate::{Crossbeam, executor};
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fib> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("a fork is a box on a deque, mostly taken back unstolen");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(job, |job| job.finish(fib(job.fork(), job.n)))
    }
}

fn fib(fork: Fork, n: u32) -> u64 {
    if let Some(value) = fork.leaf(n) {
        return value;
    }
    let left = executor::spawn(move || Ok(fib(fork, n - 1)));
    let right = fib(fork, n - 2);
    left.join().expect("a fork never fails") + right
}
