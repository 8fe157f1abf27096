//! `mandelbrot` in tokio, computing in a rayon pool.
//!
//! - share: the computation owns a counted handle to the job, its jobs borrow
//! - start: one computation is handed to the pool, where a parallel iterator
//!   halves the grains for each worker and again where a half is stolen
//! - wait: only the task that joins, which holds no thread
//! - join: the rows are collected in the order of the grains, and come back
//!   through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Mandelbrot> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and the pool evens out what rows cost");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        self.drive(job, |job, pool| async move {
            let image = pool.compute(move || {
                let bands: Vec<Band> = job
                    .grains()
                    .at_once()
                    .into_par_iter()
                    .map(|grain| job.rows(job.grain_part(grain)))
                    .collect::<Result<_, _>>()?;
                job.image(bands)
            });
            received(image.await)
        })
    }
}
