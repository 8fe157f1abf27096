//! `double` in paralight.
//!
//! - share: every worker borrows the list, since the loop ends before it does
//! - start: a parallel loop over the grains, an equal range of them for each
//!   worker; one that has none left takes half of the longest range
//! - wait: the caller sleeps until the last worker is done; a worker that finds
//!   no range to take sleeps until the next loop
//! - join: each piece is written to its place in a list of all

use crate::{Paralight, task};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};
use paralight::prelude::*;

impl Run<Double> for Paralight {
    const FIT: Fit = Fit::Natural("each result has its place in a list");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        self.drive(|pool| {
            let pieces: Vec<Piece> = job
                .grains()
                .into_par_iter()
                .map(|grain| task(job, || job.double(job.grain_part(grain))))
                .with_thread_pool(pool)
                .try_collect()?;
            Ok(pieces.into_iter().collect())
        })
    }
}
