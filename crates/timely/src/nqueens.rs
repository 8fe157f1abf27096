//! `nqueens` in timely.
//!
//! - share: nothing; every worker knows the size, and is sent boards
//! - start: a record for each board at the cut-off; its number names a worker
//! - wait: only the caller, until the dataflow has ended
//! - join: each worker adds what it found; the sums are exchanged to worker 0

use crate::{Cluster, Flow, Records, Timely, flow, folded, tried};
use lanes_core::workload::{Nqueens, Place};
use lanes_core::{Context, Error, Fit, Job, Run};
use lanes_processes::Whole;
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Nqueens> for Timely<C> {
    const FIT: Fit = Fit::Possible(
        "little crosses; who gets a board is fixed by its number",
    );

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        let size = Subtrees(Whole(job.clone()));
        let places = job.places().into_iter().enumerate();
        let found = self.drive(job.context(), size, places)?.sum();
        job.finish(found)
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Subtrees(Whole<Nqueens>);

flow!(Subtrees);

impl Flow for Subtrees {
    const NAME: &'static str = "timely, nqueens";
    type Part = (usize, Place);
    type Answer = u64;

    fn build(
        self,
        parts: Records<'_, (usize, Place)>,
        context: Context,
    ) -> Records<'_, u64> {
        let job = self.0.0.under(&context);
        let count = move |(_, place)| {
            tried(&context, || job.finish(job.board(place).count()))
        };
        let boards = parts.exchange(|(number, _)| *number as u64);
        folded(boards.flat_map(count), |all, found| {
            Some(found + all.unwrap_or_default())
        })
    }
}
