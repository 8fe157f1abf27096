//! `sort` in tokio, computing in a rayon pool.
//!
//! - share: the computation owns a counted handle to the job, its jobs borrow;
//!   a half owns its memory of the sorted list
//! - start: one computation is handed to the pool, where `join` runs the left
//!   half and offers the right to be stolen. So does `par_sort_unstable` with
//!   the parts of its quicksort, and nothing stops it
//! - wait: a worker whose right half was stolen steals other work meanwhile
//! - join: a merge, once `join` returns both; the library's sort has none. The
//!   list comes back through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{Sort, Sorted, Sorting, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Sort> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and the pool has a sort of its own");

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        self.drive(job, |job, pool| async move {
            let sorted = pool.compute(move || {
                let sorted = match job.form() {
                    Sorting::Merge => sort(&job, job.whole()?)?,
                    Sorting::Library => library(&job)?,
                };
                Ok(job.answer(sorted))
            });
            received(sorted.await)
        })
    }
}

fn sort(job: &Job<Sort>, stretch: Stretch) -> Result<Stretch, Error> {
    if stretch.is_leaf() {
        return job.leaf(stretch);
    }
    let (left, right) = stretch.halves();
    let left = || sort(job, left);
    let right = || sort(job, right);
    let (left, right) = rayon::join(left, right);
    job.merge(left?, right?)
}

fn library(job: &Job<Sort>) -> Result<Stretch, Error> {
    let mut stretch = job.whole()?;
    let grains = stretch.numbers_mut().par_chunks_mut(job.grain());
    grains
        .enumerate()
        .try_for_each(|(grain, numbers)| job.copy(grain, numbers))?;
    job.library(stretch, |numbers| numbers.par_sort_unstable())
}
