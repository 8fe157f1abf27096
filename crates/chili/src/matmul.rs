//! `matmul` in chili.
//!
//! - share: all closures borrow the matrices; a half owns its memory of the
//!   product
//! - start: `join` queues the left half, and runs the right half itself; with
//!   three queued it calls both, but for every 64th. When a queued half is run
//!   and 100 µs have passed since the last time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: the memory of both halves lies side by side, once `join` returns

use crate::Chili;
use chili::Scope;
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Matmul> for Chili {
    const FIT: Fit = Fit::Natural("halves of halves, without a guess how many");

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(|scope| Ok(job.answer(multiply(scope, job, job.whole()?)?)))
    }
}

fn multiply(
    scope: &mut Scope<'_>,
    job: &Job<Matmul>,
    tile: Tile,
) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return caught(|| job.leaf(tile));
    }
    let (left, right) = tile.halves();
    let left = |scope: &mut Scope<'_>| multiply(scope, job, left);
    let right = |scope: &mut Scope<'_>| multiply(scope, job, right);
    let (left, right) = scope.join(left, right);
    Ok(left?.joined(right?))
}
