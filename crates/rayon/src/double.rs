//! `double` in rayon.
//!
//! - share: every job borrows the list, since `install` outlives them
//! - start: a parallel iterator over the parts; idle workers steal halves
//! - wait: never
//! - join: the pieces are collected in the order of their parts

use crate::Rayon;
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::parts::Part;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Double> for Rayon {
    const FIT: Fit = Fit::Natural("a map over a list is what rayon is for");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let parts: Vec<Part> = job.parts(self.workers).collect();
        let pieces: Vec<Piece> = self.drive(|| {
            parts.into_par_iter().map(|part| job.double(part)).collect()
        })?;
        Ok(pieces.into_iter().collect())
    }
}
