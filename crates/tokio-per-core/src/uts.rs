//! `uts` in tokio, with a runtime for each core.
//!
//! - share: a node that every task copies
//! - start: a task for each child, dealt to the cores in turn
//! - wait: a task gives its core back until its children have ended
//! - join: the handles are awaited in order, their nodes added

use crate::{Cores, TokioPerCore};
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;
use std::sync::Arc;

impl Run<Uts> for TokioPerCore {
    const FIT: Fit =
        Fit::Unsuitable("another core is woken for every other node, one hash");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        self.drive(job, |job, cores| async move {
            let nodes = uts(cores, job.root()).await;
            job.finish(nodes)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn uts(cores: Arc<Cores>, node: TreeNode) -> Boxed {
    Box::pin(async move {
        if let Some(nodes) = node.leaf() {
            return nodes;
        }
        let start =
            |child| cores.spawn(uts(Arc::clone(&cores), node.child(child)));
        let tasks: Vec<_> = node.children().map(start).collect();
        let mut nodes = 1;
        for task in tasks {
            nodes += task.await.expect("a fork never fails");
        }
        nodes
    })
}
