//! `sort` in rayon.
//!
//! - share: every job borrows the list; a half owns its memory of the sorted
//!   one
//! - start: `join` runs the left half and offers the right to be stolen. So
//!   does `par_sort_unstable` with the parts of its quicksort, and nothing
//!   stops it
//! - wait: a worker whose right half was stolen steals other work meanwhile
//! - join: a merge, once `join` returns both; the library's sort has none

use crate::Rayon;
use lanes_core::workload::{Sort, Sorted, Sorting, Stretch};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Sort> for Rayon {
    const FIT: Fit =
        Fit::Natural("`join` for halves, and a parallel sort of its own");

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        self.drive(|| {
            let sorted = match job.form() {
                Sorting::Merge => sort(job, job.whole()?)?,
                Sorting::Library => library(job)?,
            };
            Ok(job.answer(sorted))
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
