//! `fib` in OS threads under a global lock.
//!
//! - share: a token that every thread copies
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread lets go of the lock until its left half is joined
//! - join: an addition, once the left half has ended

use crate::{Gil, Interpreter, affordable, joined};
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Fib> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("a thread a fork, and no two of them ever run at once");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        affordable(usize::try_from(job.forks()).unwrap_or(usize::MAX))?;
        let gil = &self.interpreter(job.context());
        let (fork, n) = (job.fork(), job.n);
        gil.drive(|scope| {
            let root =
                gil.spawn_scoped(scope, n as usize, move || fib(gil, fork, n))?;
            job.finish(joined(root.join())?)
        })
    }
}

fn fib(gil: &Interpreter, fork: Fork, n: u32) -> Result<u64, Error> {
    let task = n as usize;
    // Where a call begins.
    gil.checkpoint(task);
    if let Some(value) = fork.leaf(n) {
        return Ok(value);
    }
    thread::scope(|scope| {
        let half = move || fib(gil, fork, n - 1);
        let left = gil.spawn_scoped(scope, task - 1, half)?;
        let right = fib(gil, fork, n - 2);
        // The half that is waited for needs the lock.
        let left = gil.allow_threads(task, || joined(left.join()));
        Ok(left? + right?)
    })
}
