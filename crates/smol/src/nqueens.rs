//! `nqueens` in smol.
//!
//! - share: a board that every task copies, with a counted handle to the
//!   executor
//! - start: a task for each placement of the first rows, on the one global
//!   queue
//! - wait: a task gives its worker back until its placements have ended
//! - join: the handles are awaited in order, what they found is added

use crate::Smol;
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use smol::Executor;
use std::pin::Pin;
use std::sync::Arc;

impl Run<Nqueens> for Smol {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker, and no other task needs it");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(job, |job, executor| async move {
            let found = nqueens(job.root(), executor).await;
            job.finish(found)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn nqueens(board: Board, executor: Arc<Executor<'static>>) -> Boxed {
    Box::pin(async move {
        if let Some(found) = board.leaf() {
            return found;
        }
        let start = |child| {
            let own = Arc::clone(&executor);
            executor.spawn(nqueens(board.child(child), own))
        };
        let tasks: Vec<_> = board.children().map(start).collect();
        let mut found = 0;
        for task in tasks {
            found += task.await;
        }
        found
    })
}
