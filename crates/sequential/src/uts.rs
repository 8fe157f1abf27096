//! `uts` on the caller's thread.
//!
//! - share: a node that is copied
//! - start: a call for each child
//! - wait: each child waits for those before it
//! - join: an addition

use crate::Sequential;
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Uts> for Sequential {
    const FIT: Fit =
        Fit::Natural("plain recursion: nothing has to be shared out");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        self.drive(|| job.finish(uts(job.root())))
    }
}

fn uts(node: TreeNode) -> u64 {
    if let Some(nodes) = node.leaf() {
        return nodes;
    }
    let children = node.children().map(|child| uts(node.child(child)));
    1 + children.sum::<u64>()
}
