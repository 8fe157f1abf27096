//! `sort` on the caller's thread.
//!
//! - share: a reference to the list; a half owns its memory of the sorted one
//! - start: a call for each half, or one of the standard library's sort, which
//!   nothing stops
//! - wait: the second half waits for the first
//! - join: a merge of both halves

use crate::Sequential;
use lanes_core::workload::{Sort, Sorted, Sorting, Stretch};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Sort> for Sequential {
    const FIT: Fit = Fit::Natural("plain recursion, or one call that sorts");

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
    let left = sort(job, left)?;
    let right = sort(job, right)?;
    job.merge(left, right)
}

fn library(job: &Job<Sort>) -> Result<Stretch, Error> {
    let mut stretch = job.whole()?;
    let grains = stretch.numbers_mut().chunks_mut(job.grain()).enumerate();
    for (grain, numbers) in grains {
        job.copy(grain, numbers)?;
    }
    job.library(stretch, <[u64]>::sort_unstable)
}
