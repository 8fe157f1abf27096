//! `fib` in a pool of crossbeam's parts.
//!
//! - share: a token that every task copies
//! - start: a boxed closure for the left half of every fork
//! - wait: a worker whose left half was stolen helps with other tasks
//! - join: an addition, once the left half is joined

use crate::Crossbeam;
use crate::pool::spawn;
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Fib> for Crossbeam {
    fn fit(&self) -> Fit {
        Fit::Natural("a fork is a box on a deque, mostly taken back unstolen")
    }

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(job, |job| job.finish(fib(job.fork(), job.n)?))
    }
}

fn fib(fork: Fork, n: u32) -> Result<u64, Error> {
    if let Some(value) = fork.leaf(n) {
        return Ok(value);
    }
    let left = spawn(move || fib(fork, n - 1));
    // A panic here must not leave the left half behind.
    let right = caught(|| fib(fork, n - 2));
    Ok(left.join()? + right?)
}
