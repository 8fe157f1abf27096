//! `nqueens` in chili.
//!
//! - share: a board that every closure copies
//! - start: `join` queues the left half of the placements of a row, and runs
//!   the right half itself; with three queued it calls both, but for every
//!   64th. When a queued half is run and 100 µs have passed since the last
//!   time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: an addition, once `join` returns both

use crate::Chili;
use chili::Scope;
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use std::ops::Range;

impl Run<Nqueens> for Chili {
    const FIT: Fit =
        Fit::Natural("most placements are calls: a heartbeat shares some");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(|scope| job.finish(nqueens(scope, job.root())))
    }
}

fn nqueens(scope: &mut Scope<'_>, board: Board) -> u64 {
    if let Some(found) = board.leaf() {
        return found;
    }
    children(scope, board, board.children())
}

/// Some children of a board: `join` takes two.
fn children(scope: &mut Scope<'_>, board: Board, all: Range<usize>) -> u64 {
    match all.len() {
        0 => 0,
        1 => nqueens(scope, board.child(all.start)),
        len => {
            let middle = all.start + len / 2;
            let (left, right) = (all.start..middle, middle..all.end);
            let left = move |s: &mut Scope<'_>| children(s, board, left);
            let right = move |s: &mut Scope<'_>| children(s, board, right);
            let (left, right) = scope.join(left, right);
            left + right
        }
    }
}
