//! `mandelbrot` in orx-parallel.
//!
//! - share: every thread borrows the size, and one iterator over the grains
//! - start: the same closure goes to each thread of the pool, and pulls one
//!   grain after the other
//! - wait: the caller sleeps until the last closure has ended; a thread without
//!   one sleeps
//! - join: each closure keeps its own rows, with the numbers of their grains;
//!   the caller merges them in order

use crate::pool::with_pool;
use crate::{OrxParallel, task};
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};
use orx_parallel::*;

impl Run<Mandelbrot> for OrxParallel {
    const FIT: Fit = Fit::Natural("a thread that is done pulls the next grain");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        let bands: Vec<Band> = with_pool!(self, |pool| {
            job.grains()
                .at_once()
                .into_par()
                .runner(Runner::adaptive_with_pool(pool))
                .chunk_size(1)
                .map(|grain| task(job, || job.rows(job.grain_part(grain))))
                .into_fallible()
                .collect()
        })?;
        job.image(bands)
    }
}
