//! `sort` in OS threads.
//!
//! - share: every thread borrows the list; a half owns its memory of the sorted
//!   one
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread sleeps until its left half is joined
//! - join: a merge, once the left half has ended

use crate::{Threads, affordable, joined, spawn_scoped};
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Sort> for Threads {
    const FIT: Fit = Fit::Possible(
        "a thread a fork: large leaves repay it, many small ones are refused",
    );

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        affordable(job.forks())?;
        self.drive(job.context(), |_| Ok(job.answer(sort(job, job.whole()?)?)))
    }
}

fn sort(job: &Job<Sort>, stretch: Stretch) -> Result<Stretch, Error> {
    if stretch.is_leaf() {
        return job.leaf(stretch);
    }
    let (left, right) = stretch.halves();
    thread::scope(|scope| {
        let left = spawn_scoped(scope, move || sort(job, left))?;
        let right = sort(job, right);
        job.merge(joined(left.join())?, right?)
    })
}
