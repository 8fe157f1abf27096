//! `uts` in a pool of crossbeam's parts.
//!
//! - share: a node that every task copies
//! - start: a boxed closure for each child on the worker's deque, to be stolen
//! - wait: a worker whose child was stolen helps with other tasks
//! - join: the children are joined in order, their nodes added

use crate::Crossbeam;
use crate::executor::{self, Task};
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Uts> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("an idle worker steals the oldest, often a large one");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        self.drive(job, |job| job.finish(uts(job.root())))
    }
}

fn uts(node: TreeNode) -> u64 {
    if let Some(nodes) = node.leaf() {
        return nodes;
    }
    let start = |child| executor::spawn(move || Ok(uts(node.child(child))));
    let tasks: Vec<_> = node.children().map(start).collect();
    let join = |task: Task<u64>| task.join().expect("a fork never fails");
    1 + tasks.into_iter().map(join).sum::<u64>()
}
