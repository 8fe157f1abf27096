//! `primes` in tokio, computing in a rayon pool.
//!
//! - share: the computation owns a counted handle to the job, its jobs borrow
//! - start: one computation is handed to the pool, where a parallel iterator
//!   halves the grains for each worker and again where a half is stolen
//! - wait: only the task that joins, which holds no thread
//! - join: two sums at a time, where the halves meet; the last one comes back
//!   through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Primes> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and the pool evens out what numbers cost");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(job, |job, pool| async move {
            let found = pool.compute(move || {
                job.grains()
                    .at_once()
                    .into_par_iter()
                    .map(|grain| job.primes(job.grain_part(grain)))
                    .try_reduce(PrimeSum::default, |one, other| {
                        Ok(one.and(other))
                    })
            });
            received(found.await)
        })
    }
}
