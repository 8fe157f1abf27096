//! `matmul` on the caller's thread.
//!
//! - share: a reference to the matrices; a half owns its memory of the product
//! - start: a call for each half
//! - wait: the second half waits for the first
//! - join: the memory of both halves lies side by side

use crate::Sequential;
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Matmul> for Sequential {
    const FIT: Fit = Fit::Natural("plain recursion: a fork is a call");

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(|| Ok(job.answer(multiply(job, job.whole()?)?)))
    }
}

fn multiply(job: &Job<Matmul>, tile: Tile) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return job.leaf(tile);
    }
    let (left, right) = tile.halves();
    let left = multiply(job, left)?;
    let right = multiply(job, right)?;
    Ok(left.joined(right))
}
