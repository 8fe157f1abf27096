//! `matmul` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   product
//! - start: a task for the left half of every fork, and a blocking task for
//!   each tile, on one queue for all blocking threads
//! - wait: a task holds no thread until its halves have ended
//! - join: the memory of both halves lies side by side, once the left half is
//!   awaited

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;
use tokio::task;

impl Run<Matmul> for TokioBlocking {
    const FIT: Fit = Fit::Possible(
        "made for calls that block; its docs want computing bounded",
    );

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(job, |job| async move {
            let tile = multiply(job.clone(), job.whole()?).await?;
            Ok(job.answer(tile))
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = Result<Tile, Error>> + Send>>;

fn multiply(job: Job<Matmul>, tile: Tile) -> Boxed {
    Box::pin(async move {
        if tile.is_leaf() {
            let leaf = task::spawn_blocking(move || job.leaf(tile));
            return joined(leaf.await);
        }
        let (left, right) = tile.halves();
        let left = tokio::spawn(multiply(job.clone(), left));
        let right = multiply(job, right).await;
        Ok(joined(left.await)?.joined(right?))
    })
}
