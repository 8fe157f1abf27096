//! `nqueens` in OS threads.
//!
//! - share: a board that every thread copies
//! - start: a scoped thread for each placement of the first rows
//! - wait: a thread sleeps until its placements are joined
//! - join: the placements are joined in order, what they found is added

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Nqueens> for Threads {
    const FIT: Fit =
        Fit::Possible("far more threads than cores, and most of them wait");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        affordable(job.tasks())?;
        self.drive(job.context(), |_| job.finish(nqueens(job.root())?))
    }
}

fn nqueens(board: Board) -> Result<u64, Error> {
    if let Some(found) = board.leaf() {
        return Ok(found);
    }
    thread::scope(|scope| {
        let start =
            |child| spawn_scoped(scope, move || nqueens(board.child(child)));
        let threads = board.children().map(start).collect::<Result<_, _>>()?;
        Ok(join_all(threads)?.into_iter().sum::<u64>())
    })
}
