//! `join` in OS threads.
//!
//! - share: both threads borrow the list
//! - start: a scoped thread for each of the two parts
//! - wait: only the caller, until the threads have ended
//! - join: one thread after the other, into a pair

use crate::{Threads, joined, spawn_scoped};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Threads {
    const FIT: Fit = Fit::Natural("two long tasks, a thread each");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job.context(), |scope| {
            let most = spawn_scoped(scope, || job.max(job.whole(0)))?;
            let twice = spawn_scoped(scope, || job.double(job.whole(1)))?;
            let (most, twice) = (joined(most.join()), joined(twice.join()));
            Ok((most?, [twice?].into_iter().collect()))
        })
    }
}
