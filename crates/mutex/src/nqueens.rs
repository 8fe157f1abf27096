//! `nqueens` in OS threads that take turns.
//!
//! - share: a board that every thread copies
//! - start: a scoped thread for each placement of the first rows
//! - wait: a thread sleeps until its turn, which is one board or subtree, and
//!   until its placements are joined, without the lock
//! - join: the placements are joined in order, what they found is added

use crate::{Lock, Mutex, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Nqueens> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("a subtree waits for all others, and for its turn");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        affordable(job.tasks())?;
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |_| job.finish(nqueens(lock, job.root())?))
    }
}

fn nqueens(lock: &Lock<'_>, board: Board) -> Result<u64, Error> {
    if let Some(found) = lock.hold(board.row(), || board.leaf()) {
        return Ok(found);
    }
    // With the lock held, a join would wait for threads that wait for the lock.
    thread::scope(|scope| {
        let start = |child| {
            spawn_scoped(scope, move || nqueens(lock, board.child(child)))
        };
        let threads = board.children().map(start).collect::<Result<_, _>>()?;
        Ok(join_all(threads)?.into_iter().sum())
    })
}
