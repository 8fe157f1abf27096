//! `matmul` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   product
//! - start: a boxed closure for the left half of every fork
//! - wait: a worker whose left half was stolen helps with other tasks
//! - join: the memory of both halves lies side by side, once the left half is
//!   joined

use crate::{Crossbeam, executor};
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Matmul> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("a fork is a box on a deque, little beside a tile");

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(job, |job| Ok(job.answer(multiply(&job, job.whole()?)?)))
    }
}

fn multiply(job: &Job<Matmul>, tile: Tile) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return job.leaf(tile);
    }
    let (left, right) = tile.halves();
    let own = job.clone();
    let left = executor::spawn(move || multiply(&own, left));
    let right = multiply(job, right);
    Ok(left.join()?.joined(right?))
}
