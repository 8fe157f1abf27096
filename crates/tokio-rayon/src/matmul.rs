//! `matmul` in tokio, computing in a rayon pool.
//!
//! - share: the computation owns a counted handle to the job, its jobs borrow;
//!   a half owns its memory of the product
//! - start: one computation is handed to the pool, where `join` runs the left
//!   half and offers the right to be stolen
//! - wait: a worker whose right half was stolen steals other work meanwhile
//! - join: the memory of both halves lies side by side, once `join` returns;
//!   the product comes back through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Matmul> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and no fork leaves the pool again");

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(job, |job, pool| async move {
            let product = pool
                .compute(move || Ok(job.answer(multiply(&job, job.whole()?)?)));
            received(product.await)
        })
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
