//! `skynet` in tokio, computing in a rayon pool.
//!
//! - share: the jobs of children borrow the branch above them
//! - start: one computation is handed to the pool, where a parallel iterator
//!   over the children is halved until a job has one
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the iterator adds the sums where its halves meet; the last one comes
//!   back through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Skynet> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and no fork leaves the pool again");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        self.drive(job, |job, pool| async move {
            let sum = pool.compute(move || job.finish(skynet(job.root())));
            received(sum.await)
        })
    }
}

fn skynet(branch: Branch) -> u64 {
    if let Some(sum) = branch.leaf() {
        return sum;
    }
    let children = branch.children().into_par_iter().with_max_len(1);
    children.map(move |child| skynet(branch.child(child))).sum::<u64>()
}
