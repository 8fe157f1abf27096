//! `fib` in OS threads that take turns.
//!
//! - share: a token that every thread copies
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread sleeps until its left half is joined, without the lock
//! - join: an addition, once the left half has ended

use crate::{Lock, Mutex, affordable, joined, spawn_scoped};
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Fib> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("a thread a fork, and none may join in its own turn");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        affordable(usize::try_from(job.forks()).unwrap_or(usize::MAX))?;
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |_| job.finish(fib(lock, job.fork(), job.n)?))
    }
}

fn fib(lock: &Lock<'_>, fork: Fork, n: u32) -> Result<u64, Error> {
    let task = n as usize;
    if let Some(value) = lock.hold(task, || fork.leaf(n)) {
        return Ok(value);
    }
    thread::scope(|scope| {
        let left = spawn_scoped(scope, move || fib(lock, fork, n - 1))?;
        let right = fib(lock, fork, n - 2);
        // With the lock held, a join would wait for a half that waits for the
        // lock: this wait alone is no part of a turn.
        let (left, right) = (joined(left.join())?, right?);
        Ok(lock.hold(task, || left + right))
    })
}
