//! `primes` in paralight.
//!
//! - share: every worker borrows the number where to end
//! - start: a parallel loop over the grains, an equal range of them for each
//!   worker; one that has none left takes half of the longest range
//! - wait: the caller sleeps until the last worker is done; a worker that finds
//!   no range to take sleeps until the next loop
//! - join: each worker adds up its own sums, then the caller those of all

use crate::{Paralight, task};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};
use paralight::prelude::*;

impl Run<Primes> for Paralight {
    const FIT: Fit = Fit::Natural("half of what is left is taken, and so on");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(|pool| {
            job.grains()
                .at_once()
                .into_par_iter()
                .map(|grain| task(job, || job.primes(job.grain_part(grain))))
                .with_thread_pool(pool)
                .reduce(|| Ok(PrimeSum::default()), |a, b| Ok(a?.and(b?)))
        })
    }
}
