//! `matmul` in OS threads.
//!
//! - share: every thread borrows the matrices; a half owns its memory of the
//!   product
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread sleeps until its left half is joined
//! - join: the memory of both halves lies side by side, once the left half has
//!   ended

use crate::{Threads, affordable, joined, spawn_scoped};
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Matmul> for Threads {
    const FIT: Fit = Fit::Possible(
        "a thread a fork; a tile is long beside its thread's start",
    );

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        affordable(job.forks())?;
        self.drive(job.context(), |_| {
            Ok(job.answer(multiply(job, job.whole()?)?))
        })
    }
}

fn multiply(job: &Job<Matmul>, tile: Tile) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return job.leaf(tile);
    }
    let (left, right) = tile.halves();
    thread::scope(|scope| {
        let left = spawn_scoped(scope, move || multiply(job, left))?;
        let right = multiply(job, right);
        Ok(joined(left.join())?.joined(right?))
    })
}
