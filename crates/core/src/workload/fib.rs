//! `fib`: recursive fork-join, with and without a cut-off.

use super::forked;
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, StopToken, Workload};
use serde::{Deserialize, Serialize};
use std::hint::black_box;

/// The n-th Fibonacci number, with a fork for every addition, or for those
/// above a cut-off: the cost of a fork.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fib {
    /// Which Fibonacci number, from fib(0) = 0; at most [`Fib::LAST`].
    pub n: u32,
    /// The Fibonacci numbers before this one are computed without a fork; with
    /// 0, only the first two. What knows no cut-off can still be asked for
    /// sizes without one.
    #[serde(default, skip_serializing_if = "is_none")]
    pub cutoff: u32,
}

/// Whether there is no cut-off.
fn is_none(cutoff: &u32) -> bool {
    *cutoff == 0
}

/// A recursion from here on is not looked at: some tens of microseconds.
const LOOK: u32 = 20;

impl Fib {
    /// The last one that fits 64 bits.
    pub const LAST: u32 = 93;

    /// How many forks the recursion makes; without a cut-off fib(n + 1) - 1.
    pub fn forks(&self) -> u64 {
        let above = self.n.saturating_add(3);
        let above = above.saturating_sub(self.cutoff.max(2));
        iterate(above.min(Self::LAST)).saturating_sub(1)
    }

    /// How many additions it makes: each is a fork, unless it is below the
    /// cut-off.
    fn additions(&self) -> u64 {
        Self { cutoff: 0, ..*self }.forks()
    }
}

impl Workload for Fib {
    const NAME: &'static str = "fib";
    const FAMILY: &'static str = "tasks";
    const STRESSES: &'static str = "forking and joining, nested, very small";
    const OMITS: &'static str =
        "real work; with a cut-off, as programs have it, the cost vanishes";
    const UNIT: &'static str = "addition";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    type Output = u64;

    fn sizes(size: Size) -> Vec<Self> {
        let plain: &[u32] = match size {
            Size::Quick => &[18],
            Size::Full => &[24, 30],
        };
        let plain = plain.iter().map(|n| Self { n: *n, cutoff: 0 });
        plain.chain([Self { n: 30, cutoff: 16 }]).collect()
    }

    /// The first Fibonacci number with so many additions, up to fib(18). A
    /// cut-off is at half of it.
    fn with_items(&self, items: usize) -> Self {
        let enough =
            |n: &u32| Self { n: *n, cutoff: 0 }.forks() >= items as u64;
        let n = (0..18).find(enough).unwrap_or(18);
        Self { n, cutoff: self.cutoff.min(n / 2) }
    }

    fn items(&self) -> usize {
        usize::try_from(self.additions()).unwrap_or(usize::MAX)
    }

    /// With a cut-off there is next to no cost of a fork to see, and fib(30)
    /// takes seconds where a fork is a task on a queue.
    fn is_usual(&self) -> bool {
        self.cutoff == 0 && self.n <= 24
    }

    fn label(&self) -> String {
        match self {
            Self { n, cutoff: 0 } => n.to_string(),
            Self { n, cutoff } => format!("{n}/{cutoff}"),
        }
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
        // Each fork above waits for the one below it, down to a piece that is
        // not forked: in all of them an addition takes as long.
        let last = job.cutoff.max(2).saturating_sub(1).min(job.n);
        let largest = Self { n: last, cutoff: 0 }.additions();
        let chain = largest + u64::from(job.n - last);
        let chain = chain as f64 / job.additions().max(1) as f64;
        let whole = || {
            black_box(recurse(job.fork(), black_box(job.n)));
        };
        Ok(forked::limit(workers, chain, whole))
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

/// What every fork of the recursion carries; free to copy. It is as large as a
/// pointer: a fork takes a few nanoseconds, and each copy counts.
#[derive(Clone, Copy)]
pub struct Fork(StopToken);

impl Job<Fib> {
    /// What every fork of the recursion carries.
    pub fn fork(&self) -> Fork {
        Fork(self.context().token().forking_from(self.cutoff))
    }
}

impl Fork {
    /// The answer without a fork: for the leaves of the recursion and for what
    /// lies below the cut-off, and at once for all of it when the run was
    /// stopped. What is then answered means nothing, and [`Job::finish`] says
    /// so. It never panics, so that a half that was started is always joined.
    #[inline]
    pub fn leaf(self, n: u32) -> Option<u64> {
        if n < 2 {
            return Some(n.into());
        }
        if self.0.forks(n) { None } else { self.unforked(n) }
    }

    /// Apart, so that a fork has little code and few registers.
    #[inline(never)]
    fn unforked(self, n: u32) -> Option<u64> {
        let forks = self.0.is_large(n);
        forked::leaf(self.0, n as usize, forks, || self.plain(n))
    }

    /// The recursion below the cut-off.
    #[inline(never)]
    fn plain(self, n: u32) -> u64 {
        if n <= LOOK {
            return calls(n);
        }
        if self.0.is_stopped() {
            return 0;
        }
        self.plain(n - 1) + self.plain(n - 2)
    }
}

/// The recursion in plain calls.
fn calls(n: u32) -> u64 {
    if n < 2 { n.into() } else { calls(n - 1) + calls(n - 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(n: u32) -> Fib {
        Fib { n, cutoff: 0 }
    }

    #[test]
    fn forks_are_counted_and_the_largest_fits() {
        assert_eq!(plain(0).forks(), 0);
        assert_eq!(plain(1).forks(), 0);
        assert_eq!(plain(24).forks(), 75_024);
        assert_eq!(iterate(Fib::LAST), 12_200_160_415_121_876_738);
        assert_eq!(plain(30).forks(), 1_346_268);
        let job = Job::new(&plain(20), 0).unwrap();
        assert_eq!(recurse(job.fork(), 20), iterate(20));
        assert!(plain(94).input(0).is_err());
        assert!(plain(u32::MAX).forks() > 0);
    }

    /// What a model answers, and how many forks it makes.
    fn run(fork: Fork, n: u32) -> (u64, u64) {
        if let Some(value) = fork.leaf(n) {
            return (value, 0);
        }
        let (left, right) = (run(fork, n - 1), run(fork, n - 2));
        (left.0 + right.0, left.1 + right.1 + 1)
    }

    #[test]
    fn below_a_cut_off_there_are_calls_and_no_forks() {
        for n in 0..24 {
            for cutoff in [0, 1, 2, 3, 7, n, n + 1, u32::MAX] {
                let size = Fib { n, cutoff };
                let job = Job::new(&size, 7).unwrap();
                let expected = (iterate(n), size.forks());
                assert_eq!(run(job.fork(), n), expected, "{size:?}");
                assert_eq!(size.items(), plain(n).items());
            }
        }
        let job = Job::new(&Fib { n: 90, cutoff: 91 }, 7).unwrap();
        job.context().cancel();
        assert_eq!(job.fork().leaf(90), Some(0));
        assert_eq!(job.fork().plain(90), 0);
    }

    #[test]
    fn a_size_without_a_cut_off_is_written_and_read_as_before() {
        let written = serde_json::to_string(&plain(18)).unwrap();
        assert_eq!((&*written, &*plain(18).label()), (r#"{"n":18}"#, "18"));
        assert_eq!(serde_json::from_str::<Fib>(&written).unwrap(), plain(18));
        let cut = Fib { n: 30, cutoff: 16 };
        let written = serde_json::to_string(&cut).unwrap();
        assert_eq!(serde_json::from_str::<Fib>(&written).unwrap(), cut);
        assert_eq!((cut.label(), cut.forks()), ("30/16".into(), 1596));
    }

    #[test]
    fn so_many_items_are_at_least_so_many_additions() {
        for items in [0, 1, 2, 8, 100] {
            for cutoff in [0, 16] {
                let fib = Fib { n: 5, cutoff }.with_items(items);
                assert!(fib.items() >= items, "{items}: fib({})", fib.n);
                assert!(fib.forks() > 0 || items == 0, "{items}: {fib:?}");
            }
        }
        assert_eq!(plain(5).with_items(0).n, 0);
    }
}
