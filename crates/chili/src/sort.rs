//! `sort` in chili.
//!
//! - share: all closures borrow the list; a half owns its memory of the sorted
//!   one
//! - start: `join` queues the left half, and runs the right half itself; with
//!   three queued it calls both, but for every 64th. When a queued half is run
//!   and 100 µs have passed since the last time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: a merge, once `join` returns both

use crate::Chili;
use chili::Scope;
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Sort> for Chili {
    const FIT: Fit =
        Fit::Natural("most forks are calls: only a heartbeat shares one");

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        self.drive(|scope| Ok(job.answer(sort(scope, job, job.whole()?)?)))
    }
}

fn sort(
    scope: &mut Scope<'_>,
    job: &Job<Sort>,
    stretch: Stretch,
) -> Result<Stretch, Error> {
    if stretch.is_leaf() {
        return caught(|| job.leaf(stretch));
    }
    let (left, right) = stretch.halves();
    let left = |scope: &mut Scope<'_>| sort(scope, job, left);
    let right = |scope: &mut Scope<'_>| sort(scope, job, right);
    let (left, right) = scope.join(left, right);
    let (left, right) = (left?, right?);
    caught(|| job.merge(left, right))
}
