//! `double` in orx-parallel.
//!
//! - share: every thread borrows the list, and one iterator over its grains
//! - start: the same closure goes to each thread of the pool, and pulls one
//!   grain after the other
//! - wait: the caller sleeps until the last closure has ended; a thread without
//!   one sleeps
//! - join: each closure keeps its own pieces, with their numbers; the caller
//!   merges them in order

use crate::pool::with_pool;
use crate::{OrxParallel, task};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};
use orx_parallel::*;

impl Run<Double> for OrxParallel {
    const FIT: Fit =
        Fit::Natural("results are collected in the order of the items");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        with_pool!(self, |pool| {
            let pieces: Vec<Piece> = job
                .grains()
                .into_par()
                .runner(Runner::adaptive_with_pool(pool))
                .chunk_size(1)
                .map(|grain| task(job, || job.double(job.grain_part(grain))))
                .into_fallible()
                .collect()?;
            Ok(pieces.into_iter().collect())
        })
    }
}
