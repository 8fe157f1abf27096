//! `primes` in worker processes.
//!
//! - share: nothing; every worker is sent where to end and the number of a
//!   grain
//! - start: a task in the queue of the pool for each grain
//! - wait: only the caller, until the results are there
//! - join: the sums cross back and are added

use crate::{Function, Processes, Transport, function};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Primes> for Processes<T> {
    const FIT: Fit =
        Fit::Natural("compute for two numbers that cross there and back");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(job.context(), |tasks| {
            let start = |grain| {
                let size = Primes::clone(job);
                tasks.submit::<Filter>((grain, size))
            };
            let futures = job.grains().map(start).collect::<Result<_, _>>()?;
            let found = tasks.join_all(futures)?.into_iter();
            job.finish(found.fold(PrimeSum::default(), PrimeSum::and))
        })
    }
}

/// What the worker does.
struct Filter;

function!(Filter);

impl Function for Filter {
    const NAME: &'static str = "primes";
    type Argument = (usize, Primes);
    type Output = PrimeSum;

    fn call(
        (grain, size): (usize, Primes),
        context: &Context,
    ) -> Result<PrimeSum, Error> {
        let job = Job::<Primes>::with(size, context);
        job.primes(job.grain_part(grain))
    }
}
