//! `primes` in orx-parallel.
//!
//! - share: every thread borrows the end, and one iterator over the grains
//! - start: the same closure goes to each thread of the pool, and pulls one
//!   grain after the other
//! - wait: the caller sleeps until the last closure has ended; a thread without
//!   one sleeps
//! - join: each closure adds up its own sums, then the caller those of all

use crate::pool::with_pool;
use crate::{OrxParallel, task};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};
use orx_parallel::*;

impl Run<Primes> for OrxParallel {
    const FIT: Fit = Fit::Natural("a thread that is done pulls the next grain");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        with_pool!(self, |pool| {
            let sum = job
                .grains()
                .at_once()
                .into_par()
                .runner(Runner::adaptive_with_pool(pool))
                .chunk_size(1)
                .map(|grain| task(job, || job.primes(job.grain_part(grain))))
                .into_fallible()
                .reduce(PrimeSum::and)?;
            Ok(sum.unwrap_or_default())
        })
    }
}
