//! `max` in paralight.
//!
//! - share: every worker borrows the list, since the loop ends before it does
//! - start: a parallel loop over the grains, an equal range of them for each
//!   worker; one that has none left takes half of the longest range
//! - wait: the caller sleeps until the last worker is done; a worker that finds
//!   no range to take sleeps until the next loop
//! - join: each worker reduces its own results, then the caller those of all

use crate::{Paralight, task};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};
use paralight::prelude::*;

impl Run<Max> for Paralight {
    const FIT: Fit =
        Fit::Natural("a reduction over a slice is its first example");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        self.drive(|pool| {
            job.grains()
                .into_par_iter()
                .map(|grain| task(job, || job.max(job.grain_part(grain))))
                .with_thread_pool(pool)
                .reduce(|| Ok(None), |most, other| Ok(most?.max(other?)))
        })
    }
}
