//! `matmul` in OS threads under a global lock.
//!
//! - share: every thread borrows the matrices; a half owns its memory of the
//!   product
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread lets go of the lock until its left half is joined, and
//!   passes it on when asked
//! - join: the memory of both halves lies side by side, once the left half has
//!   ended

use crate::{Gil, Interpreter, affordable, joined};
use lanes_core::workload::{Matmul, Product, Tile};
use lanes_core::{Error, Fit, Job, Run, caught};
use std::thread;

impl Run<Matmul> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("compute under one lock: many threads, one core");

    fn run(&self, job: &Job<Matmul>) -> Result<Product, Error> {
        affordable(job.forks())?;
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        gil.drive(|scope| {
            let whole = job.whole()?;
            let root =
                gil.spawn_scoped(scope, 0, move || multiply(gil, job, whole))?;
            Ok(job.answer(joined(root.join())?))
        })
    }
}

fn multiply(
    gil: &Interpreter,
    job: &Job<Matmul>,
    tile: Tile,
) -> Result<Tile, Error> {
    if tile.is_leaf() {
        return job.leaf(tile);
    }
    let task = job.task(&tile);
    let (left, right) = tile.halves();
    thread::scope(|scope| {
        let half = move || multiply(gil, job, left);
        let left = gil.spawn_scoped(scope, task, half)?;
        // A panic would leave the scope with the lock, and the scope waits for
        // the other half.
        let right = caught(|| multiply(gil, job, right));
        // The half that is waited for needs the lock.
        let left = gil.allow_threads(task, || joined(left.join()));
        Ok(left?.joined(right?))
    })
}
