//! `max` in rayon.
//!
//! - share: every job borrows the list, since `install` outlives them
//! - start: a parallel iterator over the parts; idle workers steal halves
//! - wait: never
//! - join: pairs of results are reduced where they meet

use crate::Rayon;
use lanes_core::parts::Part;
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Max> for Rayon {
    const FIT: Fit =
        Fit::Natural("a reduction over a list is what rayon is for");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let parts: Vec<Part> = job.parts(self.workers).collect();
        self.drive(|| {
            parts
                .into_par_iter()
                .map(|part| job.max(part))
                .try_reduce(|| None, |most, other| Ok(most.max(other)))
        })
    }
}
