//! `max` in ForkUnion.
//!
//! - share: every thread borrows the list, since the loop ends before it does
//! - start: a loop over the grains, an equal slice of them for each thread; the
//!   caller computes the first slice
//! - wait: the caller spins until the last thread is done; threads that are done
//!   spin until the next loop
//! - join: each thread folds its own results, then the caller those of all

use crate::{ForkUnion, task};
use forkunion::prelude::*;
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Max> for ForkUnion {
    const FIT: Fit = Fit::Natural("equal slices of a list, one for each thread");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let max = |grain| task(job, || job.max(job.grain_part(grain)));
        self.drive(|pool| {
            job.grains().into_par_iter().with_pool(pool).reduce(
                || Ok(None),
                |most, grain, _| *most = larger(most.clone(), max(grain)),
                larger,
            )
        })
    }
}

type Most = Result<Option<u64>, Error>;

fn larger(most: Most, other: Most) -> Most {
    Ok(most?.max(other?))
}
