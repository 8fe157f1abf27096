//! `sort` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   sorted list
//! - start: a boxed closure for the left half of every fork
//! - wait: a worker whose left half was stolen helps with other tasks
//! - join: a merge, once the left half is joined

use crate::{Crossbeam, executor};
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Sort> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("a fork is a box on a deque, mostly taken back unstolen");

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        self.drive(job, |job| Ok(job.answer(sort(&job, job.whole()?)?)))
    }
}

fn sort(job: &Job<Sort>, stretch: Stretch) -> Result<Stretch, Error> {
    if stretch.is_leaf() {
        return job.leaf(stretch);
    }
    let (left, right) = stretch.halves();
    let own = job.clone();
    let left = executor::spawn(move || sort(&own, left));
    let right = sort(job, right);
    job.merge(left.join()?, right?)
}
