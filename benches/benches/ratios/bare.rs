//! The shortest idiomatic code of each library, without the trait around it.
//!
//! It runs the same kernels on the same list (a job serves as the counted
//! handle to it), cut into as many parts and into memory that is warm already.
//! But it looks at no cancel flag, returns no errors and joins as it pleases. A
//! runtime's root task is spawned here too: `block_on` would lend it the
//! caller's thread as one more worker.

mod async_std;
mod bridge;
mod crossbeam;
mod rayon;
mod smol;
mod threads;
mod tokio;

use lanes_core::Job;
use lanes_core::workload::{Double, Max};
use std::pin::Pin;

/// Pieces of a list, whose memory is used again.
pub(crate) type Warm = Vec<Vec<u64>>;
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

/// Four workloads in one library.
pub(crate) trait Bare {
    /// How many parts a list of so many grains is cut into.
    fn parts(&self, workers: usize, _grains: usize) -> usize {
        workers
    }
    /// The largest number, in so many parts.
    fn max(&self, list: &Job<Max>, parts: usize) -> u64;
    /// Every number times two, into the pieces, one a part.
    fn double(&self, list: &Job<Double>, warm: Warm) -> Warm;
    /// The sum of the numbers of the tasks.
    fn spawn(&self, tasks: u64) -> u64;
    /// A Fibonacci number, forking for every addition.
    fn fib(&self, n: u32) -> u64;
}

/// The bare form of a model; `None` for the yardstick and for models that have
/// no bound.
pub(crate) fn form(name: &str, workers: usize) -> Option<Box<dyn Bare>> {
    Some(match name {
        "sequential" | "tokio-blocking" | "tokio-per-core" => return None,
        "threads" => Box::new(threads::Threads),
        "crossbeam" => Box::new(crossbeam::Crossbeam::start(workers)),
        "rayon" => Box::new(rayon::Rayon::start(workers)),
        "tokio" => Box::new(tokio::Tokio::start(workers)),
        // The model that is measured beside it has set the thread count.
        "async-std" => Box::new(async_std::AsyncStd),
        "smol" => Box::new(smol::Smol::start(workers)),
        "tokio-rayon" => Box::new(bridge::Bridge::start(workers)),
        other => panic!("{other} has no bare form: write one"),
    })
}

/// The part of a list that belongs to a piece.
fn part(list: &[u64], index: usize, parts: usize) -> &[u64] {
    let len = list.len().div_ceil(parts);
    &list[index * len..list.len().min((index + 1) * len)]
}
