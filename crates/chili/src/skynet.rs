//! `skynet` in chili.
//!
//! - share: a branch that every closure copies
//! - start: `join` queues the left half of the children, and runs the right
//!   half itself; with three queued it calls both, but for every 64th. When a
//!   queued half is run and 100 µs have passed since the last time, the oldest
//!   queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: an addition, once `join` returns both

use crate::Chili;
use chili::Scope;
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};
use std::ops::Range;

impl Run<Skynet> for Chili {
    const FIT: Fit =
        Fit::Natural("most nodes are calls: only a heartbeat shares one");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        self.drive(|scope| job.finish(skynet(scope, job.root())))
    }
}

fn skynet(scope: &mut Scope<'_>, branch: Branch) -> u64 {
    if let Some(sum) = branch.leaf() {
        return sum;
    }
    children(scope, branch, branch.children())
}

/// Some children of a branch: `join` takes two.
fn children(scope: &mut Scope<'_>, branch: Branch, all: Range<usize>) -> u64 {
    match all.len() {
        0 => 0,
        1 => skynet(scope, branch.child(all.start)),
        len => {
            let middle = all.start + len / 2;
            let (left, right) = (all.start..middle, middle..all.end);
            let left = move |s: &mut Scope<'_>| children(s, branch, left);
            let right = move |s: &mut Scope<'_>| children(s, branch, right);
            let (left, right) = scope.join(left, right);
            left + right
        }
    }
}
