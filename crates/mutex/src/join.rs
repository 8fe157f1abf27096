//! `join` in OS threads that take turns.
//!
//! - share: both threads borrow the list
//! - start: a scoped thread for each of the two parts
//! - wait: the second thread sleeps until the first has ended its turn
//! - join: one thread after the other, into a pair

use crate::{Lock, Mutex, joined, spawn_scoped};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("two parts that need not wait for each other, and do");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |scope| {
            let max = || lock.hold(0, || job.max(job.whole(0)));
            let double = || lock.hold(1, || job.double(job.whole(1)));
            let most = spawn_scoped(scope, max)?;
            let twice = spawn_scoped(scope, double)?;
            let (most, twice) = (joined(most.join()), joined(twice.join()));
            Ok((most?, [twice?].into_iter().collect()))
        })
    }
}
