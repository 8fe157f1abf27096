//! `skynet` in OS threads.
//!
//! - share: a branch that every thread copies
//! - start: a scoped thread for each child
//! - wait: a thread sleeps until its children are joined
//! - join: the children are joined in order, their sums added

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Skynet> for Threads {
    const FIT: Fit =
        Fit::Unsuitable("a thread a node; refused where they are too many");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        affordable(job.tasks())?;
        self.drive(job.context(), |_| job.finish(skynet(job.root())?))
    }
}

fn skynet(branch: Branch) -> Result<u64, Error> {
    if let Some(sum) = branch.leaf() {
        return Ok(sum);
    }
    thread::scope(|scope| {
        let start =
            |child| spawn_scoped(scope, move || skynet(branch.child(child)));
        let threads = branch.children().map(start).collect::<Result<_, _>>()?;
        Ok(join_all(threads)?.into_iter().sum::<u64>())
    })
}
