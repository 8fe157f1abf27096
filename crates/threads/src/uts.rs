//! `uts` in OS threads.
//!
//! - share: a node that every thread copies
//! - start: a scoped thread for each child
//! - wait: a thread sleeps until its children are joined
//! - join: the children are joined in order, their nodes added

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Uts> for Threads {
    const FIT: Fit =
        Fit::Unsuitable("a thread a node; refused where they are too many");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        affordable(job.tasks())?;
        self.drive(job.context(), |_| job.finish(uts(job.root())?))
    }
}

fn uts(node: TreeNode) -> Result<u64, Error> {
    if let Some(nodes) = node.leaf() {
        return Ok(nodes);
    }
    thread::scope(|scope| {
        let start = |child| spawn_scoped(scope, move || uts(node.child(child)));
        let threads = node.children().map(start).collect::<Result<_, _>>()?;
        Ok(1 + join_all(threads)?.into_iter().sum::<u64>())
    })
}
