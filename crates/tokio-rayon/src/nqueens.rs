//! `nqueens` in tokio, computing in a rayon pool.
//!
//! - share: the jobs of placements borrow the board before them
//! - start: one computation is handed to the pool, where a parallel iterator
//!   over the placements of a row is halved until a job has one
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the iterator adds what was found where its halves meet; all of it
//!   comes back through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Nqueens> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and no fork leaves the pool again");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(job, |job, pool| async move {
            let found = pool.compute(move || job.finish(nqueens(job.root())));
            received(found.await)
        })
    }
}

fn nqueens(board: Board) -> u64 {
    if let Some(found) = board.leaf() {
        return found;
    }
    let children = board.children().into_par_iter().with_max_len(1);
    children.map(|child| nqueens(board.child(child))).sum::<u64>()
}
