//! `double` in chili.
//!
//! - share: all closures borrow the list
//! - start: `join` queues the left half, and runs the right half itself; with
//!   three queued it calls both, but for every 64th. When a queued half is run
//!   and 100 µs have passed since the last time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: lists of pieces are appended where they meet

use crate::Chili;
use chili::Scope;
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::parts::Part;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Double> for Chili {
    const FIT: Fit = Fit::Natural("halves of halves, without a guess how many");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let pieces = self.drive(|scope| double(scope, job, job.whole(0)))?;
        Ok(pieces.into_iter().collect())
    }
}

fn double(
    scope: &mut Scope<'_>,
    job: &Job<Double>,
    part: Part,
) -> Result<Vec<Piece>, Error> {
    let Some((left, right)) = part.halves(job.grain()) else {
        return caught(|| Ok(vec![job.double(part)?]));
    };
    let left = |scope: &mut Scope<'_>| double(scope, job, left);
    let right = |scope: &mut Scope<'_>| double(scope, job, right);
    let (left, right) = scope.join(left, right);
    let (mut pieces, mut last) = (left?, right?);
    pieces.append(&mut last);
    Ok(pieces)
}
