//! `max` in ForkUnion.
//!
//! - share: every thread borrows the list, since the loop ends before it does
//! - start: a loop over the grains, an equal slice of them for each thread; the
//!   caller computes the first slice
//! - wait: the caller spins until the last thread is done; each thread that is
//!   done spins until the next loop
//! - join: each thread folds its own results, then the caller those of all

use crate::{ForkUnion, task};
use forkunion::{CacheAligned, IntoParallelIterator, ParallelIteratorExt};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Max> for ForkUnion {
    const FIT: Fit =
        Fit::Natural("equal slices of a list, one for each thread");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        self.drive(|pool| {
            let none = |_| CacheAligned(None);
            let mut most: Vec<_> = (0..self.workers).map(none).collect();
            let folded = job
                .grains()
                .into_par_iter()
                .with_pool(pool)
                .try_fold_with_scratch(&mut most, |most, grain, _| {
                    let max = || job.max(job.grain_part(grain));
                    most.0 = most.0.max(task(job, max)?);
                    Ok(())
                });
            folded.map(|()| most.into_iter().filter_map(|most| most.0).max())
        })
    }
}
