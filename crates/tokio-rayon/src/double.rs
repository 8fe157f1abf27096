//! `double` in tokio, computing in a rayon pool.
//!
//! - share: the computation owns a counted handle to the job, its jobs borrow
//! - start: one computation is handed to the pool, where a parallel iterator
//!   halves the grains for each worker and again where a half is stolen
//! - wait: only the task that joins, which holds no thread
//! - join: the pieces are collected in the order of the grains, and come back
//!   through a channel

use crate::{TokioRayon, received};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Double> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and the pool is made for maps");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        self.drive(job, |job, pool| async move {
            let pieces = pool.compute(move || {
                job.grains()
                    .into_par_iter()
                    .map(|grain| job.double(job.grain_part(grain)))
                    .collect()
            });
            let pieces: Vec<Piece> = received(pieces.await)?;
            Ok(pieces.into_iter().collect())
        })
    }
}
