//! `max` in timely.
//!
//! - share: nothing; every worker is sent the numbers of its part, or has made
//!   them
//! - start: a record for each part, which its number sends to a worker
//! - wait: only the caller, until the dataflow has ended
//! - join: the results are exchanged to worker 0 and folded

use crate::{ANY, Cluster, Flow, Given, Records, Timely, flow, tried};
use lanes_core::workload::Max;
use lanes_core::{Context, Error, Fit, Input, Job, Run};
use lanes_processes::Slice;
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Max> for Timely<C> {
    const FIT: Fit =
        Fit::Unsuitable("moving a number costs more than comparing it");
    const INPUTS: &[Input] = ANY;

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let given = |part| self.given(job, part, Slice::of);
        let parts: Result<Vec<_>, _> =
            job.parts(self.workers).map(given).collect();
        let largest = self.drive(job.context(), Largest, parts?)?;
        job.finish(largest.max().flatten())
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Largest;

flow!(Largest);

impl Flow for Largest {
    const NAME: &'static str = "timely, max";
    type Part = Given<Slice, Max>;
    type Answer = Option<u64>;

    fn build(
        self,
        parts: Records<'_, Given<Slice, Max>>,
        context: Context,
    ) -> Records<'_, Option<u64>> {
        let largest = move |given: Given<Slice, Max>| {
            tried(&context, || {
                let shipped = |slice: Slice| Ok(slice.job(&context));
                let (job, part) = given.job(&context, shipped)?;
                job.max(part)
            })
        };
        parts.exchange(Given::task).flat_map(largest)
    }
}
