//! `join` in a pool of crossbeam's parts.
//!
//! - share: each task owns a counted handle to the job
//! - start: a boxed closure for each of the two parts on the worker's deque, to
//!   be stolen
//! - wait: only the worker that joins, which runs a part that nobody stole
//! - join: the tasks are joined one after the other, into a pair

use crate::{Crossbeam, executor};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("two long tasks; the worker that joins runs one itself");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job, |job| {
            let (first, second) = (job.clone(), job);
            let most = executor::spawn(move || first.max(first.whole(0)));
            let twice = executor::spawn(move || second.double(second.whole(1)));
            let (most, twice) = (most.join()?, twice.join()?);
            Ok((most, [twice].into_iter().collect()))
        })
    }
}
