//! `double` in timely.
//!
//! - share: nothing; every worker is sent the numbers of its part
//! - start: a record for each part, which its number sends to a worker
//! - wait: only the caller, until the dataflow has ended
//! - join: the pieces are exchanged to worker 0 and put in order

use crate::{ANY, Cluster, Flow, Given, Records, Timely, flow, tried};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Double;
use lanes_core::{Context, Error, Fit, Input, Job, Run};
use lanes_processes::{List, Slice};
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Double> for Timely<C> {
    const FIT: Fit =
        Fit::Unsuitable("moving a number twice costs more than doubling it");
    const INPUTS: &[Input] = ANY;

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let given = |part| self.given(job, part, Slice::of);
        let parts: Result<Vec<_>, _> =
            job.parts(self.workers).map(given).collect();
        let mut twice: Vec<_> =
            self.drive(job.context(), Twice, parts?)?.collect();
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
    type Part = Given<Slice, Double>;
    type Answer = (usize, List);

    fn build(
        self,
        parts: Records<'_, Given<Slice, Double>>,
        context: Context,
    ) -> Records<'_, (usize, List)> {
        let twice = move |given: Given<Slice, Double>| {
            tried(&context, || {
                let shipped = |slice: Slice| Ok(slice.job(&context));
                let (job, part) = given.job(&context, shipped)?;
                Ok((part.task, List::of(job.double(part)?)))
            })
        };
        parts.exchange(Given::task).flat_map(twice)
    }
}
