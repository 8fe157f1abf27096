//! `double` in ForkUnion.
//!
//! - share: every thread borrows the list, since the loop ends before it does
//! - start: a loop over the grains, an equal slice of them for each thread; the
//!   caller computes the first slice
//! - wait: the caller spins until the last thread is done; each thread that is
//!   done spins until the next loop
//! - join: each piece is written to its place in a list of all

use crate::{ForkUnion, task};
use forkunion::for_each_prong_mut;
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Double> for ForkUnion {
    const FIT: Fit =
        Fit::Natural("equal slices of a list, one for each thread");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let double = |grain| task(job, || job.double(job.grain_part(grain)));
        let none = |_| Ok(Piece::default());
        let mut pieces: Vec<Result<Piece, Error>> =
            job.grains().map(none).collect();
        self.drive(|pool| {
            for_each_prong_mut(pool, &mut pieces, |piece, prong| {
                *piece = double(prong.task_index);
            });
            Ok(())
        })?;
        pieces.into_iter().collect()
    }
}
