//! `uts` in rayon.
//!
//! - share: the jobs of children borrow the node above them
//! - start: a parallel iterator over the children, halved until a job has one
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the iterator adds the nodes where its halves meet

use crate::Rayon;
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Uts> for Rayon {
    const FIT: Fit =
        Fit::Natural("an idle worker steals the oldest half of a tree");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        self.drive(|| job.finish(uts(job.root())))
    }
}

fn uts(node: TreeNode) -> u64 {
    if let Some(nodes) = node.leaf() {
        return nodes;
    }
    let children = node.children().into_par_iter().with_max_len(1);
    1 + children.map(|child| uts(node.child(child))).sum::<u64>()
}
