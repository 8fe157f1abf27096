//! `nqueens` on the caller's thread.
//!
//! - share: a board that is copied
//! - start: a call for each placement
//! - wait: each placement waits for those before it
//! - join: an addition

use crate::Sequential;
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Nqueens> for Sequential {
    const FIT: Fit = Fit::Natural("plain backtracking: a placement is a call");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(|| job.finish(nqueens(job.root())))
    }
}

fn nqueens(board: Board) -> u64 {
    if let Some(found) = board.leaf() {
        return found;
    }
    let children = board.children().map(|child| nqueens(board.child(child)));
    children.sum()
}
