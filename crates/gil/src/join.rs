//! `join` in OS threads under a global lock.
//!
//! - share: both threads borrow the list
//! - start: a scoped thread for each of the two parts
//! - wait: a thread sleeps until it has the lock, and passes it on when asked
//! - join: one thread after the other, into a pair

use crate::{Gil, joined};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("two computing parts that only ever take turns");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        gil.drive(|scope| {
            let most = gil.spawn_scoped(scope, 0, || job.max(job.whole(0)))?;
            let twice =
                gil.spawn_scoped(scope, 1, || job.double(job.whole(1)))?;
            let (most, twice) = (joined(most.join()), joined(twice.join()));
            Ok((most?, [twice?].into_iter().collect()))
        })
    }
}
