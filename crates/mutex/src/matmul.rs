//! `matmul` in OS threads that take turns.
//!
//! - share: every thread borrows the matrices; a half owns its memory of the
//!   product
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread sleeps until its turn, which is a tile, and without the
//!   lock until its left half is joined
//! - join: the memory of both halves lies side by side, once the left half has
//!   ended

use crate::{Lock, Mutex, affordable, joined, spawn_scoped};
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run};
use std::thread;

impl Run<Matmul> for Mutex {
    const FIT: Fit = Fit::Unsuitable(
        "tiles that take turns use one core, whatever there is",
    );

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        affordable(job.forks())?;
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |_| {
            Ok(job.answer(multiply(lock, job, job.whole()?)?))
        })
    }
}

fn multiply(
    lock: &Lock<'_>,
    job: &Job<Matmul>,
    tile: Tile,
) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return lock.hold(job.task(&tile), || job.leaf(tile));
    }
    let (left, right) = tile.halves();
    thread::scope(|scope| {
        let left = spawn_scoped(scope, move || multiply(lock, job, left))?;
        let right = multiply(lock, job, right);
        // With the lock held, a join would wait for a half that waits for the
        // lock.
        Ok(joined(left.join())?.joined(right?))
    })
}
