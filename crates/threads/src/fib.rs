//! `fib` in OS threads.
//!
//! - share: a token that every thread copies
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread sleeps until its left half is joined
//! - join: an addition, once the left half has ended

use crate::{Threads, affordable, joined, spawn_scoped};
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Fib> for Threads {
    const FIT: Fit =
        Fit::Unsuitable("a thread a fork; refused where they are too many");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        affordable(usize::try_from(job.forks()).unwrap_or(usize::MAX))?;
        self.drive(job.context(), |_| job.finish(fib(job.fork(), job.n)?))
    }
}

fn fib(fork: Fork, n: u32) -> Result<u64, Error> {
    if let Some(value) = fork.leaf(n) {
        return Ok(value);
    }
    thread::scope(|scope| {
        let left = spawn_scoped(scope, move || fib(fork, n - 1))?;
        let right = fib(fork, n - 2);
        Ok(joined(left.join())? + right?)
    })
}
