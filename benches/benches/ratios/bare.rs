//! The shortest idiomatic code of each library, without the trait around it.
//!
//! It runs the same kernels on the same list (a job serves as the counted
//! handle to it), cut into as many parts and into memory that is warm already.
//! `skynet` has no kernel, and is the recursion as it was published.
//! But it looks at no cancel flag, returns no errors and joins as it pleases. A
//! runtime's root task is spawned here too: `block_on` would lend it the
//! caller's thread as one more worker.

mod async_std;
mod bridge;
mod crossbeam;
pub(crate) mod look;
mod rayon;
mod smol;
mod threads;
mod tokio;

use lanes_core::Job;
use lanes_core::workload::{
    Board, Counts, Double, Empty, Fork, Max, Sort, Stretch, Wordcount,
};
use look::{Blind, Leaf, Task};
use std::pin::Pin;

/// Pieces of a list, whose memory is used again.
pub(crate) type Warm = Vec<Vec<u64>>;
/// A future that contains itself must be boxed.
type Boxed<T = u64> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Tasks so small that a look at the cancel flag may cost something beside
/// them, with a look or without.
pub(crate) trait Spawns<L: Task> {
    /// The sum of the numbers of the tasks.
    fn spawn(&self, look: L, round: L::Round) -> u64;
}

/// Forks so small that a look at the cancel flag may cost something beside
/// them, with a look or without.
pub(crate) trait Forks<L: Leaf> {
    /// A Fibonacci number, forking for every addition.
    fn fib(&self, look: L, n: u32) -> u64;
}

/// Nine workloads in one library.
pub(crate) trait Bare:
    Spawns<Blind> + Spawns<Empty> + Forks<Blind> + Forks<Fork>
{
    /// How many parts an input of so many grains is cut into.
    fn parts(&self, workers: usize, _grains: usize) -> usize {
        workers
    }
    /// The largest number, in so many parts.
    fn max(&self, list: &Job<Max>, parts: usize) -> u64;
    /// Every number times two, into the pieces, one a part.
    fn double(&self, list: &Job<Double>, warm: Warm) -> Warm;
    /// The sum of the numbers of the leaves, a power of ten: ten children to a
    /// node, and a task for each.
    fn skynet(&self, leaves: u64) -> u64;
    /// How many ways there are to place the missing queens, with a task for
    /// each placement before the cut-off.
    fn nqueens(&self, board: Board) -> u64;
    /// The whole list in order, by halves that are merged.
    fn sort(&self, list: &Job<Sort>, whole: Stretch) -> Stretch;
    /// The sum of so many numbers, which one task sends and another receives
    /// through a channel with so many places; `None` where a model has no such
    /// cell.
    fn channel(&self, _places: usize, _messages: u64) -> Option<u64> {
        None
    }
    /// How often each word occurs, with a table for each of so many parts.
    fn wordcount(&self, text: &Job<Wordcount>, parts: usize) -> Counts;
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

/// How often each word of a part of a text occurs.
fn words(text: &str) -> Counts {
    let mut counts = Counts::default();
    counts.count_all(text);
    counts
}
