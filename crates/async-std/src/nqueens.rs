//! `nqueens` in async-std.
//!
//! - share: a board that every task copies
//! - start: a task for each placement of the first rows, on the one global
//!   queue
//! - wait: a task gives its worker back until its placements have ended
//! - join: the handles are awaited in order, what they found is added

use crate::AsyncStd;
use async_std::task;
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Nqueens> for AsyncStd {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker, and no other task needs it");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let found = nqueens(job.root()).await;
            job.finish(found)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn nqueens(board: Board) -> Boxed {
    Box::pin(async move {
        if let Some(found) = board.leaf() {
            return found;
        }
        let start = |child| task::spawn(nqueens(board.child(child)));
        let tasks: Vec<_> = board.children().map(start).collect();
        let mut found = 0;
        for task in tasks {
            found += task.await;
        }
        found
    })
}
