//! `primes` in rayon.
//!
//! - share: every job borrows the number where to end
//! - start: a parallel iterator over the grains, halved for each worker and
//!   again where a half is stolen
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: two sums at a time, where the halves meet

use crate::Rayon;
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Primes> for Rayon {
    const FIT: Fit =
        Fit::Natural("halves are cut again where a worker has nothing to do");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(|| {
            job.grains()
                .at_once()
                .into_par_iter()
                .map(|grain| job.primes(job.grain_part(grain)))
                .try_reduce(PrimeSum::default, |one, other| Ok(one.and(other)))
        })
    }
}
