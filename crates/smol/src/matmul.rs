//! `matmul` in smol.
//!
//! - share: every task owns counted handles to the job and the executor, and
//!   its memory of the product
//! - start: a task for the left half of every fork, on the one global queue
//! - wait: a task gives its worker back until its left half has ended
//! - join: the memory of both halves lies side by side, once the left half is
//!   awaited

use crate::Smol;
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};
use smol::Executor;
use std::pin::Pin;
use std::sync::Arc;

impl Run<Matmul> for Smol {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; here nothing else needs it");

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(job, |job, executor| async move {
            let tile = multiply(job.clone(), executor, job.whole()?).await?;
            Ok(job.answer(tile))
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = Result<Tile, Error>> + Send>>;

fn multiply(
    job: Job<Matmul>,
    executor: Arc<Executor<'static>>,
    tile: Tile,
) -> Boxed {
    Box::pin(async move {
        if tile.is_leaf() {
            return job.leaf(tile);
        }
        let (left, right) = tile.halves();
        let own = Arc::clone(&executor);
        let left = executor.spawn(multiply(job.clone(), own, left));
        let right = multiply(job, executor, right).await;
        Ok(left.await?.joined(right?))
    })
}
