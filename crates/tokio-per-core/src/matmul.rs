//! `matmul` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job, and its memory of the
//!   product
//! - start: a task for the left half of every fork, dealt to the cores in turn
//! - wait: a task gives its core back until its left half has ended
//! - join: the memory of both halves lies side by side, once the left half is
//!   awaited

use crate::{Cores, TokioPerCore, joined};
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;
use std::sync::Arc;

impl Run<Matmul> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("even tiles suit it; compute holds back the core's I/O");

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        self.drive(job, |job, cores| async move {
            let tile = multiply(job.clone(), cores, job.whole()?).await?;
            Ok(job.answer(tile))
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = Result<Tile, Error>> + Send>>;

fn multiply(job: Job<Matmul>, cores: Arc<Cores>, tile: Tile) -> Boxed {
    Box::pin(async move {
        if tile.is_leaf() {
            return job.leaf(tile);
        }
        let (left, right) = tile.halves();
        let left = cores.spawn(multiply(job.clone(), Arc::clone(&cores), left));
        let right = multiply(job, cores, right).await;
        Ok(joined(left.await)?.joined(right?))
    })
}
