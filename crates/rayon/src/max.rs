//! `max` in rayon.
//!
//! - share: every job borrows the list, since no job outlives `install`
//! - start: a parallel iterator over the grains, halved for each worker and
//!   again where a half is stolen
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: two results at a time, where the halves meet

use crate::Rayon;
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Max> for Rayon {
    const FIT: Fit =
        Fit::Natural("a reduction over a list is what rayon is for");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        self.drive(|| {
            job.grains()
                .into_par_iter()
                .map(|grain| job.max(job.grain_part(grain)))
                .try_reduce(|| None, |most, other| Ok(most.max(other)))
        })
    }
}
