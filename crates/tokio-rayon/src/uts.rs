//! `uts` in tokio, computing in a rayon pool.
//!
//! - share: the jobs of children borrow the node above them
//! - start: one computation is handed to the pool, where a parallel iterator
//!   over the children is halved until a job has one
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the iterator adds the nodes where its halves meet; their number
//!   comes back through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Uts> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and no fork leaves the pool again");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        self.drive(job, |job, pool| async move {
            let nodes = pool.compute(move || job.finish(uts(job.root())));
            received(nodes.await)
        })
    }
}

fn uts(node: TreeNode) -> u64 {
    if let Some(nodes) = node.leaf() {
        return nodes;
    }
    let children = node.children().into_par_iter().with_max_len(1);
    1 + children.map(|child| uts(node.child(child))).sum::<u64>()
}
