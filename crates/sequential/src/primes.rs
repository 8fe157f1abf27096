//! `primes` on the caller's thread.
//!
//! - share: a number that is copied: where to end
//! - start: a call
//! - wait: never
//! - join: the sums are added as they come

use crate::Sequential;
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Primes> for Sequential {
    const FIT: Fit =
        Fit::Natural("one number after the other, whatever each of them costs");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(|| {
            let mut found = PrimeSum::default();
            for part in job.parts(self.workers) {
                found = found.and(job.primes(part)?);
            }
            Ok(found)
        })
    }
}
