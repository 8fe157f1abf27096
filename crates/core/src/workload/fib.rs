//! `fib`: recursive fork-join without cut-off.

use super::bound;
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, StopToken, Workload};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// The n-th Fibonacci number, with a fork for every addition: the cost of a
/// fork.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fib {
    /// Which Fibonacci number, from fib(0) = 0; at most [`Fib::LAST`].
    pub n: u32,
}

impl Fib {
    /// The last one that fits 64 bits.
    pub const LAST: u32 = 93;

    /// How many forks the recursion makes: fib(n + 1) - 1.
    pub fn forks(&self) -> u64 {
        iterate(self.n.saturating_add(1).min(Self::LAST)) - 1
    }
}

impl Workload for Fib {
    const NAME: &'static str = "fib";
    const FAMILY: &'static str = "tasks";
    const STRESSES: &'static str = "forking and joining, nested, very small";
    const OMITS: &'static str =
        "real work: programs use a cut-off, with which the cost vanishes";
    const UNIT: &'static str = "fork";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    type Output = u64;

    fn sizes(size: Size) -> Vec<Self> {
        let n = match size {
            Size::Quick => 18,
            Size::Full => 24,
        };
        vec![Self { n }]
    }

    /// The first Fibonacci number with so many forks, up to fib(18).
    fn with_items(&self, items: usize) -> Self {
        let enough = |n: &u32| Self { n: *n }.forks() >= items as u64;
        Self { n: (0..18).find(enough).unwrap_or(18) }
    }

    fn items(&self) -> usize {
        usize::try_from(self.forks()).unwrap_or(usize::MAX)
    }

    fn label(&self) -> String {
        self.n.to_string()
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.n > Self::LAST {
            let what = format!("fib({}) does not fit 64 bits", self.n);
            return Err(Error::Invalid(what));
        }
        Ok(self.clone())
    }

    fn reference(input: &Self) -> u64 {
        iterate(input.n)
    }

    fn digest(output: &u64) -> u64 {
        seed::digest([*output])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let time = bound::together(1, |_| {
            black_box(recurse(job.fork(), black_box(job.n)));
        })?;
        let time = time / u32::try_from(workers).unwrap_or(u32::MAX);
        Ok(Limit { what: "plain recursion / workers", time: Some(time) })
    }
}

fn iterate(n: u32) -> u64 {
    let step = |(a, b): (u64, u64), _| (b, a.wrapping_add(b));
    (0..n).fold((0, 1), step).0
}

/// The recursion that every model forks, without a fork.
fn recurse(fork: Fork, n: u32) -> u64 {
    if let Some(value) = fork.leaf(n) {
        return value;
    }
    let left = recurse(fork, n - 1);
    let right = recurse(fork, n - 2);
    left + right
}

/// What every fork of the recursion carries; free to copy.
#[derive(Clone, Copy)]
pub struct Fork(StopToken);

impl Job<Fib> {
    /// What every fork of the recursion carries.
    pub fn fork(&self) -> Fork {
        Fork(self.context().token())
    }
}

impl Fork {
    /// The answer without a fork: for the leaves of the recursion, and at once
    /// for all of it when the run was stopped. What is then answered means
    /// nothing, and [`Job::finish`] says so. It never panics, so that a half
    /// that was started is always joined.
    #[inline]
    pub fn leaf(self, n: u32) -> Option<u64> {
        if n < 2 {
            return Some(n.into());
        }
        if self.0.is_quiet() {
            return None;
        }
        self.0.watched(n as usize, || ()).map_or(Some(0), |()| None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forks_are_counted_and_the_largest_fits() {
        assert_eq!(Fib { n: 0 }.forks(), 0);
        assert_eq!(Fib { n: 1 }.forks(), 0);
        assert_eq!(Fib { n: 24 }.forks(), 75_024);
        assert_eq!(iterate(Fib::LAST), 12_200_160_415_121_876_738);
        assert_eq!(Fib { n: 30 }.forks(), 1_346_268);
        let job = Job::new(&Fib { n: 20 }, 0).unwrap();
        assert_eq!(recurse(job.fork(), 20), iterate(20));
        assert!(Fib { n: 94 }.input(0).is_err());
    }

    #[test]
    fn so_many_items_are_at_least_so_many_forks() {
        for items in [0, 1, 2, 8, 100] {
            let fib = Fib { n: 5 }.with_items(items);
            assert!(fib.items() >= items, "{items}: fib({})", fib.n);
        }
        assert_eq!(Fib { n: 5 }.with_items(0).n, 0);
    }
}
