//! `double` in timely.
//!
//! - share: nothing; every worker is sent the numbers of its part
//! - start: a record for each part, which its number sends to a worker
//! - wait: only the caller, until the dataflow has ended
//! - join: the pieces are exchanged to worker 0 and put in order

use crate::{Cluster, Flow, Records, Timely, flow, tried};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Double;
use lanes_core::{Context, Error, Fit, Job, Run};
use lanes_processes::{List, Slice};
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Double> for Timely<C> {
    const FIT: Fit =
        Fit::Unsuitable("moving a number twice costs more than doubling it");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let parts = job.parts(self.workers).map(|part| Slice::of(job, part));
        let mut twice: Vec<_> =
            self.drive(job.context(), Twice, parts)?.collect();
        twice.sort_unstable_by_key(|(task, _)| *task);
        let pieces = twice.into_iter().map(|(_, list)| list.into_vec());
        job.finish(pieces.map(Piece::from).collect())
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Twice;

flow!(Twice);

impl Flow for Twice {
    const NAME: &'static str = "timely, double";
    type Part = Slice;
    type Answer = (usize, List);

    fn build(
        self,
        parts: Records<'_, Slice>,
        context: Context,
    ) -> Records<'_, (usize, List)> {
        let twice = move |slice: Slice| {
            tried(&context, || {
                let (job, part) = slice.job::<Double>(&context);
                Ok((part.task, List::of(job.double(part)?)))
            })
        };
        parts.exchange(|slice| slice.task() as u64).flat_map(twice)
    }
}
