//! `mandelbrot` in rayon.
//!
//! - share: every job borrows the size of the image
//! - start: a parallel iterator over the grains, halved for each worker and
//!   again where a half is stolen
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the rows are collected in the order of the grains

use crate::Rayon;
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Mandelbrot> for Rayon {
    const FIT: Fit =
        Fit::Natural("halves are cut again where a worker has nothing to do");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        let bands: Vec<Band> = self.drive(|| {
            job.grains()
                .at_once()
                .into_par_iter()
                .map(|grain| job.rows(job.grain_part(grain)))
                .collect()
        })?;
        job.image(bands)
    }
}
