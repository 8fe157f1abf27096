//! `max` in orx-parallel.
//!
//! - share: every thread borrows the list, and one iterator over its grains
//! - start: the same closure goes to each thread of the pool, and pulls one
//!   grain after the other
//! - wait: the caller sleeps until the last closure has ended; a thread without
//!   one sleeps
//! - join: each closure reduces its own results, then the caller those of all

use crate::pool::with_pool;
use crate::{OrxParallel, task};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};
use orx_parallel::*;

impl Run<Max> for OrxParallel {
    const FIT: Fit =
        Fit::Natural("a reduction of an iterator is what it is for");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        with_pool!(self, |pool| {
            let most = job
                .grains()
                .into_par()
                .runner(Runner::adaptive_with_pool(pool))
                .chunk_size(1)
                .map(|grain| task(job, || job.max(job.grain_part(grain))))
                .into_fallible()
                .reduce(|most, other| most.max(other))?;
            Ok(most.flatten())
        })
    }
}
