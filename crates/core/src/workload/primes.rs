//! `primes`: a filter whose cost grows from item to item.

use super::{bound, sixteenth};
use crate::parts::{self, Part, Todo};
use crate::trace::State;
use crate::{
    Error, Job, Limit, Point, Size, Together, Workload, preflight, seed,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// How many primes there are below a number, and their sum, by trial division:
/// a number is divided by the odd ones up to its root, until one divides it.
///
/// The larger a number, the more divisions it takes, and the more of them a
/// prime takes than the numbers beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Primes {
    /// The first number that is not looked at, at most [`Primes::MOST`].
    pub below: usize,
    /// How many numbers are looked at between two looks at the cancel flag.
    pub grain: usize,
}

impl Primes {
    /// Numbers have 32 bits, whose division is fast on every machine.
    pub const MOST: usize = u32::MAX as usize;
}

impl Workload for Primes {
    const NAME: &'static str = "primes";
    const FAMILY: &'static str = "data";
    const STRESSES: &'static str =
        "sharing out numbers that cost more and more from first to last";
    const OMITS: &'static str =
        "memory, and the better way: a sieve finds primes without a division";
    const UNIT: &'static str = "number";
    const POINT: Point = Point::Work;

    type Input = Self;
    type Output = PrimeSum;

    fn sizes(size: Size) -> Vec<Self> {
        let (below, grain) = match size {
            Size::Quick => (200_000, 1 << 11),
            Size::Full => (2_000_000, 1 << 13),
        };
        vec![Self { below, grain }]
    }

    fn with_items(&self, items: usize) -> Self {
        Self { below: items, grain: sixteenth(items) }
    }

    fn items(&self) -> usize {
        self.below
    }

    /// `mandelbrot` is as uneven, and has an answer of some size.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        self.below.to_string()
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        if self.below > Self::MOST {
            let what = format!("primes below {}: it has 33 bits", self.below);
            return Err(Error::Invalid(what));
        }
        // The sieve of the reference, and a task for each grain.
        preflight::memory(self.below, 1)?;
        preflight::memory(self.below.div_ceil(self.grain), 512)?;
        Ok(self.clone())
    }

    /// By the sieve of Eratosthenes.
    fn reference(input: &Self) -> PrimeSum {
        let mut is_prime = vec![true; input.below];
        let mut found = PrimeSum::default();
        for number in 2..input.below {
            if is_prime[number] {
                found.add(number as u64);
                let square = number.saturating_mul(number);
                for multiple in (square..input.below).step_by(number) {
                    is_prime[multiple] = false;
                }
            }
        }
        found
    }

    fn digest(output: &PrimeSum) -> u64 {
        seed::digest([output.count, output.sum])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        // A stopped run has no limit to measure; its cause is below.
        let primes = |part| drop(job.primes(part));
        let last = job.below.div_ceil(job.grain).saturating_sub(1);
        let (whole, last) = (job.whole(0), job.grain_part(last));
        let limit = bound::cut(
            "all numbers / workers, or the last grain",
            workers,
            || primes(whole.clone()),
            || primes(last.clone()),
        )?;
        job.finish(limit)
    }
}

impl Primes {
    /// The numbers in at most `count` parts; see [`parts::split`].
    pub fn parts(&self, count: usize) -> impl Iterator<Item = Part> + use<> {
        parts::split(self.below, self.grain, count)
    }

    /// All numbers as one part.
    pub fn whole(&self, task: usize) -> Part {
        Part { task, range: 0..self.below }
    }

    /// One grain of numbers as a part of its own, whose task has the same
    /// number.
    pub fn grain_part(&self, grain: usize) -> Part {
        parts::grain(self.below, self.grain, grain)
    }

    /// The grains, for tasks that take one after the other.
    pub fn todo(&self) -> Todo {
        Todo::new(self.below, self.grain)
    }
}

/// How many primes were found, and their sum.
#[derive(
    Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize,
)]
pub struct PrimeSum {
    /// How many.
    pub count: u64,
    /// Their sum, which fits for all of 32 bits.
    pub sum: u64,
}

impl PrimeSum {
    fn add(&mut self, prime: u64) {
        self.count += 1;
        self.sum += prime;
    }

    /// Both together.
    pub fn and(self, other: Self) -> Self {
        let (count, sum) = (self.count + other.count, self.sum + other.sum);
        Self { count, sum }
    }
}

impl Job<Primes> {
    /// The numbers of the grains, in order; no more once the run was stopped.
    pub fn grains(&self) -> Together {
        let count = self.below.div_ceil(self.grain);
        Together::new(self.context().token(), 0..count)
    }

    /// The primes of a part.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn primes(&self, part: Part) -> Result<PrimeSum, Error> {
        let _span = self.context().span(part.task, State::Compute);
        let mut found = PrimeSum::default();
        for numbers in parts::pieces(part.range, self.grain) {
            self.context().grain(part.task)?;
            found = found.and(filter(numbers));
        }
        Ok(found)
    }
}

#[inline(never)]
fn filter(numbers: Range<usize>) -> PrimeSum {
    let mut found = PrimeSum::default();
    // None is above `Primes::MOST`.
    for number in numbers.start as u32..numbers.end as u32 {
        if is_prime(number) {
            found.add(number.into());
        }
    }
    found
}

/// Divides by odd numbers as long as the quotient is no smaller: then the root
/// was passed.
#[inline]
fn is_prime(number: u32) -> bool {
    if number < 4 {
        return number > 1;
    }
    if number.is_multiple_of(2) {
        return false;
    }
    let mut divisor = 3;
    loop {
        let quotient = number / divisor;
        if quotient < divisor {
            return true;
        }
        if quotient * divisor == number {
            return false;
        }
        divisor += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(below: usize, grain: usize, count: usize) -> PrimeSum {
        let job = Job::new(&Primes { below, grain }, 7).unwrap();
        let parts = job.parts(count).map(|part| job.primes(part).unwrap());
        parts.fold(PrimeSum::default(), PrimeSum::and)
    }

    #[test]
    fn the_sieve_and_the_divisions_agree_around_every_power_of_two() {
        let powers = (0..14).flat_map(|power: u32| {
            let power = 1usize << power;
            [power - 1, power, power + 1]
        });
        // And around squares of primes, where the last divisor is the root.
        for below in powers.chain([9, 10, 25, 26, 49, 50, 9409, 9410]) {
            let expected = Primes::reference(&Primes { below, grain: 1 });
            for (grain, count) in [(1, 1), (7, 3), (1000, 64)] {
                assert_eq!(found(below, grain, count), expected, "{below}");
            }
        }
    }

    #[test]
    fn what_is_known_of_them() {
        let below = |below| found(below, 1 << 13, 1);
        assert_eq!(below(0), PrimeSum::default());
        assert_eq!(below(2), PrimeSum::default());
        assert_eq!(below(3), PrimeSum { count: 1, sum: 2 });
        assert_eq!(below(100), PrimeSum { count: 25, sum: 1060 });
        // Both are well known; the sum is Euler's problem 10.
        let all = PrimeSum { count: 148_933, sum: 142_913_828_922 };
        assert_eq!(below(2_000_000), all);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        // The largest prime of 32 bits, and what lies around it.
        assert!(is_prime(4_294_967_291));
        assert!((4_294_967_292..=u32::MAX).all(|number| !is_prime(number)));
        // The square of the largest prime of 16 bits.
        assert!(!is_prime(65_521 * 65_521));
    }

    #[test]
    fn a_grain_that_is_left_out_changes_the_answer() {
        let job = Job::new(&Primes { below: 1000, grain: 100 }, 7).unwrap();
        let whole = Primes::reference(&job);
        for left_out in 0..10 {
            let others = job.grains().filter(|grain| *grain != left_out);
            let parts = others.map(|grain| job.primes(job.grain_part(grain)));
            let found = parts.map(Result::unwrap);
            let found = found.fold(PrimeSum::default(), PrimeSum::and);
            assert_ne!(Primes::digest(&found), Primes::digest(&whole));
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for wrong in [
            Primes { below: 8, grain: 0 },
            Primes { below: Primes::MOST + 1, grain: 1 << 20 },
            Primes { below: usize::MAX, grain: 1 },
        ] {
            let refused = wrong.input(7).err();
            assert!(matches!(refused, Some(Error::Invalid(_))), "{refused:?}");
            let _ = (Workload::items(&wrong), Workload::label(&wrong));
        }
    }
}
