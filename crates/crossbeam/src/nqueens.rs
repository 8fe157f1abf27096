//! `nqueens` in a pool of crossbeam's parts.
//!
//! - share: a board that every task copies
//! - start: a boxed closure for each placement of the first rows on the
//!   worker's deque, to be stolen
//! - wait: a worker whose placement was stolen helps with other tasks
//! - join: the placements are joined in order, what they found is added

use crate::Crossbeam;
use crate::executor::{self, Task};
use lanes_core::workload::{Board, Nqueens};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Nqueens> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("an idle worker steals the oldest, often a large one");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(job, |job| job.finish(nqueens(job.root())))
    }
}

fn nqueens(board: Board) -> u64 {
    if let Some(found) = board.leaf() {
        return found;
    }
    let start =
        |child| executor::spawn(move || Ok(nqueens(board.child(child))));
    let tasks: Vec<_> = board.children().map(start).collect();
    let join = |task: Task<u64>| task.join().expect("a fork never fails");
    tasks.into_iter().map(join).sum()
}
