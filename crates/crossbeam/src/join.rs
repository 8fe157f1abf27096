//! `join` in a pool of crossbeam's parts.
//!
//! - share: the task owns a counted handle to the job
//! - start: a boxed closure for one part; the other runs at once
//! - wait: never
//! - join: the task is joined after the other part, into a pair

use crate::Crossbeam;
use crate::pool::spawn;
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("two long tasks; the worker that forks takes one itself");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job, |job| {
            let other = job.clone();
            let most = spawn(move || other.max(other.whole(0)));
            let twice = job.double(job.whole(1));
            let most = most.join();
            Ok((most?, [twice?].into_iter().collect()))
        })
    }
}
