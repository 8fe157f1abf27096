//! `sort` in OS threads that take turns.
//!
//! - share: every thread borrows the list; a half owns its memory of the sorted
//!   one
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread sleeps until its turn, which is a leaf or a merge, and
//!   without the lock until its left half is joined
//! - join: a merge, once the left half has ended

use crate::{Lock, Mutex, affordable, joined, spawn_scoped};
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Sort> for Mutex {
    const FIT: Fit = Fit::Unsuitable(
        "a thread a fork, and none of two halves sorts beside the other",
    );

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        affordable(job.forks())?;
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |_| {
            Ok(job.answer(sort(lock, job, job.whole()?)?))
        })
    }
}

fn sort(
    lock: &Lock<'_>,
    job: &Job<Sort>,
    stretch: Stretch,
) -> Result<Stretch, Error> {
    let task = stretch.task();
    if stretch.is_leaf() {
        return lock.hold(task, || job.leaf(stretch));
    }
    let (left, right) = stretch.halves();
    thread::scope(|scope| {
        let left = spawn_scoped(scope, move || sort(lock, job, left))?;
        let right = sort(lock, job, right);
        // With the lock held, a join would wait for a half that waits for the
        // lock: this wait alone is no part of a turn.
        let (left, right) = (joined(left.join())?, right?);
        lock.hold(task, || job.merge(left, right))
    })
}
