//! `matmul` in rayon.
//!
//! - share: every job borrows the matrices; a half owns its memory of the
//!   product
//! - start: `join` runs the left half and offers the right to be stolen
//! - wait: a worker whose right half was stolen steals other work meanwhile
//! - join: the memory of both halves lies side by side, once `join` returns

use crate::Rayon;
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Matmul> for Rayon {
    const FIT: Fit = Fit::Natural("divide and conquer is what `join` is for");

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(|| Ok(job.answer(multiply(job, job.whole()?)?)))
    }
}

fn multiply(job: &Job<Matmul>, tile: Tile) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return job.leaf(tile);
    }
    let (left, right) = tile.halves();
    let left = || multiply(job, left);
    let right = || multiply(job, right);
    let (left, right) = rayon::join(left, right);
    Ok(left?.joined(right?))
}
