//! `uts` in smol.
//!
//! - share: a node that every task copies, with a counted handle to the
//!   executor
//! - start: a task for each child, on the one global queue
//! - wait: a task gives its worker back until its children have ended
//! - join: the handles are awaited in order, their nodes added

use crate::Smol;
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};
use smol::Executor;
use std::pin::Pin;
use std::sync::Arc;

impl Run<Uts> for Smol {
    const FIT: Fit =
        Fit::Unsuitable("a task and a boxed future for each node, one hash");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        self.drive(job, |job, executor| async move {
            let nodes = uts(job.root(), executor).await;
            job.finish(nodes)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn uts(node: TreeNode, executor: Arc<Executor<'static>>) -> Boxed {
    Box::pin(async move {
        if let Some(nodes) = node.leaf() {
            return nodes;
        }
        let start = |child| {
            let own = Arc::clone(&executor);
            executor.spawn(uts(node.child(child), own))
        };
        let tasks: Vec<_> = node.children().map(start).collect();
        let mut nodes = 1;
        for task in tasks {
            nodes += task.await;
        }
        nodes
    })
}
