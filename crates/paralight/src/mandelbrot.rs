//! `mandelbrot` in paralight.
//!
//! - share: every worker borrows the size of the image
//! - start: a parallel loop over the grains, an equal range of them for each
//!   worker; one that has none left takes half of the longest range
//! - wait: the caller sleeps until the last worker is done; a worker that finds
//!   no range to take sleeps until the next loop
//! - join: the rows of each grain are written to their place in a list of all

use crate::{Paralight, task};
use lanes_core::workload::{Band, Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};
use paralight::prelude::*;

impl Run<Mandelbrot> for Paralight {
    const FIT: Fit = Fit::Natural("half of what is left is taken, and so on");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        let bands: Vec<Band> = self.drive(|pool| {
            job.grains()
                .at_once()
                .into_par_iter()
                .map(|grain| task(job, || job.rows(job.grain_part(grain))))
                .with_thread_pool(pool)
                .try_collect()
        })?;
        job.image(bands)
    }
}
