//! `double` in rayon.
//!
//! - share: every job borrows the list, since no job outlives `install`
//! - start: a parallel iterator over the grains, halved for each worker and
//!   again where a half is stolen
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the pieces are collected in the order of the grains

use crate::Rayon;
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Double> for Rayon {
    const FIT: Fit = Fit::Natural("a map over a list is what rayon is for");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let pieces: Vec<Piece> = self.drive(|| {
            job.grains()
                .into_par_iter()
                .map(|grain| job.double(job.grain_part(grain)))
                .collect()
        })?;
        Ok(pieces.into_iter().collect())
    }
}
