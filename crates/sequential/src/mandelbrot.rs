//! `mandelbrot` on the caller's thread.
//!
//! - share: a reference to the size of the image
//! - start: a call
//! - wait: never
//! - join: the rows are collected as they come

use crate::Sequential;
use lanes_core::workload::{Image, Mandelbrot};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Mandelbrot> for Sequential {
    const FIT: Fit =
        Fit::Natural("one row after the other, whatever each of them costs");

    fn run(&self, job: &Job<Mandelbrot>) -> Result<Image, Error> {
        self.drive(|| {
            let bands = job.parts(self.workers).map(|part| job.rows(part));
            job.image(bands.collect::<Result<Vec<_>, _>>()?)
        })
    }
}
