//! `wordcount` in chili.
//!
//! - share: all closures borrow the text, and a run of grains has a table
//! - start: `join` queues the left half, and runs the right half itself; with
//!   three queued it calls both, but for every 64th. When a queued half is run
//!   and 100 µs have passed since the last time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: pairs of tables are put into one where they meet

use crate::Chili;
use chili::Scope;
use lanes_core::parts::Part;
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Wordcount> for Chili {
    const FIT: Fit =
        Fit::Possible("a half has a table whether or not it was shared");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        // Every leaf has a table: halves of halves down to one grain would
        // spend the time on putting tables together.
        let leaf = job.grains().len() / (4 * self.workers);
        self.drive(|scope| count(scope, job, job.whole(0), leaf.max(1)))
    }
}

fn count(
    scope: &mut Scope<'_>,
    job: &Job<Wordcount>,
    part: Part,
    leaf: usize,
) -> Result<Counts, Error> {
    let Some((left, right)) = part.halves(leaf) else {
        return caught(|| job.count(part, Counts::default()));
    };
    let left = |scope: &mut Scope<'_>| count(scope, job, left, leaf);
    let right = |scope: &mut Scope<'_>| count(scope, job, right, leaf);
    let (left, right) = scope.join(left, right);
    Ok(left?.and(right?))
}
