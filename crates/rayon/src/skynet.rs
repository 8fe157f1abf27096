//! `skynet` in rayon.
//!
//! - share: the jobs of children borrow the branch above them
//! - start: a parallel iterator over the children, halved until a job has one
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the iterator adds the sums where its halves meet

use crate::Rayon;
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Skynet> for Rayon {
    const FIT: Fit =
        Fit::Natural("halves are joined, and cost little unless one is stolen");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        self.drive(|| job.finish(skynet(job.root())))
    }
}

fn skynet(branch: Branch) -> u64 {
    if let Some(sum) = branch.leaf() {
        return sum;
    }
    let children = branch.children().into_par_iter().with_max_len(1);
    children.map(move |child| skynet(branch.child(child))).sum::<u64>()
}
