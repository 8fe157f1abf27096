//! `max` in chili.
//!
//! - share: all closures borrow the list
//! - start: `join` queues the left half, and runs the right half itself; with
//!   three queued it calls both, but for every 64th. When a queued half is run
//!   and 100 µs have passed since the last time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: pairs of results are reduced where they meet

use crate::Chili;
use chili::Scope;
use lanes_core::parts::Part;
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Max> for Chili {
    const FIT: Fit = Fit::Natural("halves of halves, without a guess how many");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        self.drive(|scope| max(scope, job, job.whole(0)))
    }
}

fn max(
    scope: &mut Scope<'_>,
    job: &Job<Max>,
    part: Part,
) -> Result<Option<u64>, Error> {
    let Some((left, right)) = part.halves(job.grain()) else {
        return caught(|| job.max(part));
    };
    let left = |scope: &mut Scope<'_>| max(scope, job, left);
    let right = |scope: &mut Scope<'_>| max(scope, job, right);
    let (left, right) = scope.join(left, right);
    Ok(left?.max(right?))
}
