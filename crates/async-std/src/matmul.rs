//! `matmul` in async-std.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   product
//! - start: a task for the left half of every fork, on the one global queue
//! - wait: a task gives its worker back until its left half has ended
//! - join: the memory of both halves lies side by side, once the left half is
//!   awaited

use crate::AsyncStd;
use async_std::task;
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Matmul> for AsyncStd {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; here nothing else needs it");

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
            return job.leaf(tile);
        }
        let (left, right) = tile.halves();
        let left = task::spawn(multiply(job.clone(), left));
        let right = multiply(job, right).await;
        Ok(left.await?.joined(right?))
    })
}
