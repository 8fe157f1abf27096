//! `nqueens` in OS threads under a global lock.
//!
//! - share: a board that every thread copies
//! - start: a scoped thread for each placement of the first rows
//! - wait: a thread lets go of the lock until its placements are joined
//! - join: the placements are joined in order, what they found is added

use crate::{Gil, Interpreter, affordable, join_all, joined};
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Nqueens> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("many threads to compute, and one of them does");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        affordable(job.tasks())?;
        let gil = &self.interpreter(job.context());
        let board = job.root();
        gil.drive(|scope| {
            let root = gil.spawn_scoped(scope, board.row(), move || {
                nqueens(gil, board)
            })?;
            job.finish(joined(root.join())?)
        })
    }
}

fn nqueens(gil: &Interpreter, board: Board) -> Result<u64, Error> {
    // Where a call begins.
    gil.checkpoint(board.row());
    if let Some(found) = board.leaf() {
        return Ok(found);
    }
    // The threads that are waited for need the lock, also where one of them
    // could not be started.
    gil.allow_threads(board.row(), || {
        thread::scope(|scope| {
            let start = |child| {
                let board = board.child(child);
                let search = move || nqueens(gil, board);
                gil.spawn_scoped(scope, board.row(), search)
            };
            let threads = board.children().map(start);
            let found = join_all(threads.collect::<Result<_, _>>()?)?;
            Ok(found.into_iter().sum())
        })
    })
}
