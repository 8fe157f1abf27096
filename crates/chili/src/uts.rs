//! `uts` in chili.
//!
//! - share: a node that every closure copies
//! - start: `join` queues the left half of the children, and runs the right
//!   half itself; with three queued it calls both, but for every 64th. When a
//!   queued half is run and 100 µs have passed since the last time, the oldest
//!   queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: an addition, once `join` returns both

use crate::Chili;
use chili::Scope;
use lanes_core::workload::{TreeNode, Uts};
use lanes_core::{Error, Fit, Job, Run};
use std::ops::Range;

impl Run<Uts> for Chili {
    const FIT: Fit =
        Fit::Natural("a heartbeat shares the oldest, and so a large subtree");

    fn run(&self, job: &Job<Uts>) -> Result<u64, Error> {
        self.drive(|scope| job.finish(uts(scope, job.root())))
    }
}

fn uts(scope: &mut Scope<'_>, node: TreeNode) -> u64 {
    if let Some(nodes) = node.leaf() {
        return nodes;
    }
    1 + children(scope, node, node.children())
}

/// Some children of a node: `join` takes two.
fn children(scope: &mut Scope<'_>, node: TreeNode, all: Range<usize>) -> u64 {
    match all.len() {
        0 => 0,
        1 => uts(scope, node.child(all.start)),
        len => {
            let middle = all.start + len / 2;
            let (left, right) = (all.start..middle, middle..all.end);
            let left = move |s: &mut Scope<'_>| children(s, node, left);
            let right = move |s: &mut Scope<'_>| children(s, node, right);
            let (left, right) = scope.join(left, right);
            left + right
        }
    }
}
