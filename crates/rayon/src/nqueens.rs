//! `nqueens` in rayon.
//!
//! - share: the jobs of placements borrow the board before them
//! - start: a parallel iterator over the placements of a row, halved until a
//!   job has one
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the iterator adds what was found where its halves meet

use crate::Rayon;
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Nqueens> for Rayon {
    const FIT: Fit =
        Fit::Natural("a parallel iterator in each row, and idle workers steal");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(|| job.finish(nqueens(job.root())))
    }
}

fn nqueens(board: Board) -> u64 {
    if let Some(found) = board.leaf() {
        return found;
    }
    let children = board.children().into_par_iter().with_max_len(1);
    children.map(|child| nqueens(board.child(child))).sum::<u64>()
}
