//! `join` in rayon.
//!
//! - share: both closures borrow the list
//! - start: `join` runs the first and offers the second to be stolen
//! - wait: a worker whose second part was stolen steals other work meanwhile
//! - join: `join` returns the pair

use crate::Rayon;
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Rayon {
    const FIT: Fit =
        Fit::Natural("`rayon::join` is this workload's name and shape");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(|| {
            let (most, twice) = rayon::join(
                || job.max(job.whole(0)),
                || job.double(job.whole(1)),
            );
            Ok((most?, [twice?].into_iter().collect()))
        })
    }
}
