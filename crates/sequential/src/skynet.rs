//! `skynet` on the caller's thread.
//!
//! - share: a branch that is copied
//! - start: a call for each child
//! - wait: each child waits for those before it
//! - join: an addition

use crate::Sequential;
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Skynet> for Sequential {
    const FIT: Fit =
        Fit::Natural("plain recursion: a node of the tree is a call");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        self.drive(|| job.finish(skynet(job.root())))
    }
}

fn skynet(branch: Branch) -> u64 {
    if let Some(sum) = branch.leaf() {
        return sum;
    }
    let children = branch.children().map(|child| skynet(branch.child(child)));
    children.sum()
}
