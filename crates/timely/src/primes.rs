//! `primes` in timely.
//!
//! - share: nothing; every worker knows where to end
//! - start: a record for each grain, which its number sends to a worker
//! - wait: only the caller, until the dataflow has ended
//! - join: each worker adds what it found; the sums are exchanged to worker 0

use crate::{Cluster, Flow, Records, Timely, flow, folded, tried};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Context, Error, Fit, Job, Run};
use serde::{Deserialize, Serialize};
use timely::dataflow::operators::Exchange;
use timely::dataflow::operators::vec::Map;

impl<C: Cluster> Run<Primes> for Timely<C> {
    const FIT: Fit = Fit::Possible(
        "little crosses; who gets a grain is fixed by its number",
    );

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        let filter = Filter(Primes::clone(job));
        let found = self.drive(job.context(), filter, job.grains())?;
        job.finish(found.fold(PrimeSum::default(), PrimeSum::and))
    }
}

/// What the workers do.
#[derive(Clone, Serialize, Deserialize)]
struct Filter(Primes);

flow!(Filter);

impl Flow for Filter {
    const NAME: &'static str = "timely, primes";
    type Part = usize;
    type Answer = PrimeSum;

    fn build(
        self,
        parts: Records<'_, usize>,
        context: Context,
    ) -> Records<'_, PrimeSum> {
        let job = Job::<Primes>::with(self.0, &context);
        let filter =
            move |grain| tried(&context, || job.primes(job.grain_part(grain)));
        let found = parts.exchange(|grain| *grain as u64).flat_map(filter);
        folded(found, |all, found| Some(found.and(all.unwrap_or_default())))
    }
}
