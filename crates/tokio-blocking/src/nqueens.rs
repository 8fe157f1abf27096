//! `nqueens` in tokio's blocking threads.
//!
//! - share: a board that every task copies
//! - start: a blocking task for each board at the cut-off, on one queue for all
//!   blocking threads
//! - wait: only the task that joins, which holds no thread
//! - join: the handles are awaited in order, what they found is added

use crate::{TokioBlocking, joined};
use lanes_core::workload::Nqueens;
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Nqueens> for TokioBlocking {
    const FIT: Fit =
        Fit::Possible("subtrees are handed over, and none starts another");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let start = |place| {
                let board = job.board(place);
                task::spawn_blocking(move || Ok(board.count()))
            };
            let tasks: Vec<_> = job.places().into_iter().map(start).collect();
            let mut found = 0;
            for task in tasks {
                found += joined(task.await)?;
            }
            job.finish(found)
        })
    }
}
