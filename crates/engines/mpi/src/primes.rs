//! `primes` in MPI.
//!
//! - share: nothing; every rank knows where to end
//! - start: never; every rank runs the same program, on each so many-th grain
//! - wait: in a collective, for the ranks that it takes something from
//! - join: `MPI_Reduce` brings the sums of all to rank 0

use crate::{Given, Mpi, Program, Ranks};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};
use mpi::collective::SystemOperation;

impl Run<Primes> for Mpi {
    const FIT: Fit = Fit::Natural(
        "only the sums cross; who has a grain is fixed by its number",
    );

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        let found = self.drive(job)?;
        job.finish(found)
    }
}

impl Program for Primes {
    type Answer = PrimeSum;

    fn rank(ranks: &Ranks<'_>, given: &Given<Self>) -> Option<PrimeSum> {
        let job = Job::<Self>::with(given.size.clone(), &ranks.context);
        let PrimeSum { count, sum } = ranks.tried(|| {
            let own = job.grains().skip(ranks.own()).step_by(ranks.count());
            own.map(|grain| job.primes(job.grain_part(grain)))
                .try_fold(PrimeSum::default(), |all, found| Ok(all.and(found?)))
        });
        let all = ranks.reduce([count, sum], SystemOperation::sum())?;
        let [count, sum] = all;
        Some(PrimeSum { count, sum })
    }
}
