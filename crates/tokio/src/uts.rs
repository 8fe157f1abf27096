//! `uts` in tokio.
//!
//! - share: a node that every task copies
//! - start: a task for each child; the newest lies in a slot that nobody steals
//!   from, the others on the worker's queue
//! - wait: a task gives its worker back until its children have ended
//! - join: the handles are awaited in order, their nodes added

use crate::Tokio;
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Uts> for Tokio {
    const FIT: Fit =
        Fit::Unsuitable("a task and a boxed future for each node, one hash");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let nodes = uts(job.root()).await;
            job.finish(nodes)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn uts(node: TreeNode) -> Boxed {
    Box::pin(async move {
        if let Some(nodes) = node.leaf() {
            return nodes;
        }
        let start = |child| tokio::spawn(uts(node.child(child)));
        let tasks: Vec<_> = node.children().map(start).collect();
        let mut nodes = 1;
        for task in tasks {
            nodes += task.await.expect("a fork never fails");
        }
        nodes
    })
}
