//! `phases` in chili.
//!
//! - share: a node that is copied; all closures borrow the last numbers
//! - start: `join` queues the left half of a phase, and runs the right half
//!   itself; with three queued it calls both, but for every 64th. When a queued
//!   half is run and 100 µs have passed since the last time, the oldest queued
//!   is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: each writes its own numbers; both halves of a phase end before the
//!   next starts

use crate::Chili;
use chili::Scope;
use lanes_core::workload::{Node, Phases};
use lanes_core::{Error, Fit, Job, Run};
use std::ops::Range;

impl Run<Phases> for Chili {
    const FIT: Fit =
        Fit::Possible("a phase may end before a heartbeat shares any of it");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        let node = job.node();
        self.drive(|scope| {
            let (mut answer, mut before) = (Vec::new(), Vec::new());
            for phase in job.phases() {
                let mut after = vec![0; phase.size()];
                let tasks = phase.at_once();
                compute(scope, node, tasks, &before, &mut after);
                answer.extend(&after);
                before = after;
            }
            job.finish(answer)
        })
    }
}

fn compute(
    scope: &mut Scope<'_>,
    node: Node,
    tasks: Range<usize>,
    before: &[u64],
    after: &mut [u64],
) {
    if let [number] = after {
        *number = node.compute(tasks.start, before);
    } else if !after.is_empty() {
        let middle = tasks.start + after.len() / 2;
        let (left, right) = after.split_at_mut(after.len() / 2);
        let (first, last) = (tasks.start..middle, middle..tasks.end);
        let left = |s: &mut Scope<'_>| compute(s, node, first, before, left);
        let right = |s: &mut Scope<'_>| compute(s, node, last, before, right);
        scope.join(left, right);
    }
}
