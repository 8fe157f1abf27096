//! The look at the cancel flag, as siblings have it, and in its place nothing.
//!
//! What is generic over it is written once: the two forms differ in the look
//! only.

use lanes_core::workload::{Empty, Fork};
use lanes_core::{Context, Error, Together};
use std::ops::Range;

/// No look.
#[derive(Clone, Copy)]
pub(crate) struct Blind;

/// What every fork of `fib` carries.
pub(crate) trait Leaf: Copy + Send + Sync + 'static {
    /// The answer without a fork, for the leaves of the recursion.
    fn leaf(self, n: u32) -> Option<u64>;
}

impl Leaf for Fork {
    #[inline]
    fn leaf(self, n: u32) -> Option<u64> {
        Fork::leaf(self, n)
    }
}

impl Leaf for Blind {
    #[inline]
    fn leaf(self, n: u32) -> Option<u64> {
        (n < 2).then_some(n.into())
    }
}

/// What every task of `spawn` carries.
pub(crate) trait Task: Copy + Send + Sync + 'static {
    /// The tasks that are started together. Siblings look before each start,
    /// too.
    type Round: Iterator<Item = usize> + Send + 'static;

    /// An empty task, which answers its number.
    fn task(self, task: usize) -> u64;
}

impl Task for Empty {
    type Round = Together;

    #[inline]
    fn task(self, task: usize) -> u64 {
        Empty::task(self, task)
    }
}

impl Task for Blind {
    type Round = Range<usize>;

    #[inline]
    fn task(self, task: usize) -> u64 {
        task as u64
    }
}

/// What a loop over grains asks before each of them.
pub(crate) trait Grain: Copy {
    /// Returns an error if the loop is to end.
    fn grain(self, task: usize) -> Result<(), Error>;
}

impl Grain for &Context {
    #[inline]
    fn grain(self, task: usize) -> Result<(), Error> {
        Context::grain(self, task)
    }
}

impl Grain for Blind {
    #[inline]
    fn grain(self, _task: usize) -> Result<(), Error> {
        Ok(())
    }
}
