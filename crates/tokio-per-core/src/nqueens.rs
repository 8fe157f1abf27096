//! `nqueens` in tokio, with a runtime for each core.
//!
//! - share: a board that every task copies
//! - start: a task for each placement of the first rows, dealt to the cores in
//!   turn
//! - wait: a task gives its core back until its placements have ended
//! - join: the handles are awaited in order, what they found is added

use crate::{Cores, TokioPerCore};
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;
use std::sync::Arc;

impl Run<Nqueens> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("dealt in turn, a core may idle beside long subtrees");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(job, |job, cores| async move {
            let found = nqueens(cores, job.root()).await;
            job.finish(found)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn nqueens(cores: Arc<Cores>, board: Board) -> Boxed {
    Box::pin(async move {
        if let Some(found) = board.leaf() {
            return found;
        }
        let start = |child| {
            cores.spawn(nqueens(Arc::clone(&cores), board.child(child)))
        };
        let tasks: Vec<_> = board.children().map(start).collect();
        let mut found = 0;
        for task in tasks {
            found += task.await.expect("a fork never fails");
        }
        found
    })
}
