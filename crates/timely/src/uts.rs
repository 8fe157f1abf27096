//! `uts` in timely.
//!
//! - share: nothing; a node is sent to the worker that its hash names
//! - start: a record for each node with children, which go round in a loop
//! - wait: never for a node; a count waits until no worker has one left
//! - join: each worker counts; the counts are exchanged to worker 0

use crate::{Cluster, Flow, Records, Timely, flow, folded, tried};
use lanes_core::workload::{TreeNode, TreePlace, Uts};
use lanes_core::{Context, Error, Fit, Job, Run};
use lanes_processes::Whole;
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::vec::Map;
use timely::dataflow::operators::{
    Concat, ConnectLoop, Exchange, Feedback, OkErr,
};

impl<C: Cluster> Run<Uts> for Timely<C> {
    const FIT: Fit = Fit::Possible(
        "a loop over the frontier of the tree; each node crosses for one hash",
    );

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        let size = Tree(Whole(job.clone()));
        let root = [job.root().place()].into_iter();
        let nodes = self.drive(job.context(), size, root)?.sum();
        job.finish(nodes)
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Tree(Whole<Uts>);

flow!(Tree);

impl Flow for Tree {
    const NAME: &'static str = "timely, uts";
    type Part = TreePlace;
    type Answer = u64;

    fn build(
        self,
        parts: Records<'_, TreePlace>,
        context: Context,
    ) -> Records<'_, u64> {
        let job = self.0.0.under(&context);
        let visit = move |place| {
            let found = tried(&context, || job.finish(visit(job.node(place))));
            found.into_iter().flatten()
        };
        let (again, below) = parts.scope().feedback(1);
        let nodes = parts.concat(below).exchange(TreePlace::hash);
        let (below, counted) = nodes.flat_map(visit).ok_err(|found| found);
        below.connect_loop(again);
        folded(counted, |all, nodes| Some(nodes + all.unwrap_or_default()))
    }
}

/// The children of a node that have children, and the number of all others,
/// with its own.
fn visit(node: TreeNode) -> Vec<Result<TreePlace, u64>> {
    if let Some(nodes) = node.leaf() {
        return vec![Err(nodes)];
    }
    let (mut found, mut nodes) = (Vec::new(), 1);
    for child in node.children().map(|child| node.child(child)) {
        match child.leaf() {
            Some(leaf) => nodes += leaf,
            None => found.push(Ok(child.place())),
        }
    }
    found.push(Err(nodes));
    found
}
