//! `max` in timely.
//!
//! - share: nothing; every worker is sent the numbers of its part
//! - start: a record for each part, which its number sends to a worker
//! - wait: only the caller, until the dataflow has ended
//! - join: the results are exchanged to worker 0 and folded

use crate::{Cluster, Flow, Records, Timely, flow, tried};
use lanes_core::workload::Max;
use lanes_core::{Context, Error, Fit, Job, Run};
use lanes_processes::Slice;
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Max> for Timely<C> {
    const FIT: Fit =
        Fit::Unsuitable("moving a number costs more than comparing it");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let parts = job.parts(self.workers).map(|part| Slice::of(job, part));
        let largest = self.drive(job.context(), Largest, parts)?;
        job.finish(largest.max().flatten())
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Largest;

flow!(Largest);

impl Flow for Largest {
    const NAME: &'static str = "timely, max";
    type Part = Slice;
    type Answer = Option<u64>;

    fn build(
        self,
        parts: Records<'_, Slice>,
        context: Context,
    ) -> Records<'_, Option<u64>> {
        let largest = move |slice: Slice| {
            tried(&context, || {
                let (job, part) = slice.job::<Max>(&context);
                job.max(part)
            })
        };
        parts.exchange(|slice| slice.task() as u64).flat_map(largest)
    }
}
