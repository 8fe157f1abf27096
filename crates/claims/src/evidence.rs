//! Evidence: repetitions, the interval of their median, and what it decides.

use lanes_measure::statistics::median;
use serde::Serialize;
use std::fmt;

/// The probability with which an interval holds the true median, at the least.
pub const LEVEL: f64 = 0.95;

/// The values of a ratio for which a claim holds, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bound {
    /// The lower end.
    pub low: f64,
    /// The upper end; infinite (null in JSON) where there is none.
    pub high: f64,
}

impl Bound {
    /// From one value to another.
    pub const fn between(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// A value or more.
    pub const fn at_least(low: f64) -> Self {
        Self { low, high: f64::INFINITY }
    }

    /// A value or less.
    pub const fn at_most(high: f64) -> Self {
        Self { low: 0.0, high }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = self;
        match (*low, *high) {
            (low, high) if low == high => write!(f, "{low}"),
            (low, f64::INFINITY) => write!(f, "≥ {low}"),
            (0.0, high) => write!(f, "≤ {high}"),
            (low, high) => write!(f, "{low} to {high}"),
        }
    }
}

/// What the evidence says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The whole interval lies within the bound.
    Holds,
    /// The whole interval lies outside of it.
    DoesNotHold,
    /// Neither.
    NotEnoughEvidence,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::NotEnoughEvidence => "not enough evidence",
        })
    }
}

/// A median with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The lower end.
    pub low: f64,
    /// The median of the repetitions.
    pub median: f64,
    /// The upper end.
    pub high: f64,
}

impl Estimate {
    /// The median of independent repetitions, and the interval between two of
    /// them that holds the true median with a probability of [`LEVEL`] or more,
    /// whatever the distribution (the sign test's; Conover, "Practical
    /// nonparametric statistics", 3.2). `None` for fewer than six repetitions or
    /// one that is no number.
    pub fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let rank = rank(sorted.len())?;
        if !samples.iter().all(|sample| sample.is_finite()) {
            return None;
        }
        let median = median(&mut sorted.clone())?;
        let high = sorted[sorted.len() - 1 - rank];
        Some(Self { low: sorted[rank], median, high })
    }

    /// What it says of a claim with this bound.
    pub fn verdict(&self, bound: &Bound) -> Verdict {
        if bound.low <= self.low && self.high <= bound.high {
            Verdict::Holds
        } else if self.high < bound.low || bound.high < self.low {
            Verdict::DoesNotHold
        } else {
            Verdict::NotEnoughEvidence
        }
    }
}

/// The index of the lower end among so many sorted repetitions, counted from 0;
/// the upper end is as far from the other side.
fn rank(count: usize) -> Option<usize> {
    // The interval misses if `rank` or fewer lie on one side of the median.
    let mut tail = 0.0;
    let mut ways = 0.5f64.powi(i32::try_from(count).ok()?);
    let mut found = None;
    for rank in 0..count / 2 {
        tail += ways;
        if 1.0 - 2.0 * tail < LEVEL {
            break;
        }
        found = Some(rank);
        ways *= (count - rank) as f64 / (rank + 1) as f64;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::seed;

    #[test]
    fn ranks_are_the_tabled_ones() {
        // Of the sign test at 95 %: 6 to 8 repetitions leave none out at either
        // end, 9 to 11 one, 12 to 14 two, 15 three.
        assert_eq!(rank(5), None);
        for (count, expected) in
            [(6, 0), (8, 0), (9, 1), (11, 1), (12, 2), (15, 3), (17, 4)]
        {
            assert_eq!(rank(count), Some(expected), "{count}");
        }
    }

    #[test]
    fn intervals_hold_the_median_as_often_as_they_say() {
        let mut numbers = seed::numbers(7);
        let mut held = 0;
        for _ in 0..4000 {
            // Skewed on purpose; the median of u^4 is 0.5^4.
            let samples: Vec<f64> = (0..9)
                .map(|_| numbers.next().unwrap() as f64 / u64::MAX as f64)
                .map(|uniform| uniform.powi(4))
                .collect();
            let Estimate { low, high, .. } = Estimate::of(&samples).unwrap();
            held += u32::from(low <= 0.0625 && 0.0625 <= high);
        }
        // 96.1 % by the binomial distribution; four standard errors around it.
        assert!((0.948..0.973).contains(&(f64::from(held) / 4000.0)), "{held}");
    }

    #[test]
    fn a_verdict_needs_the_whole_interval() {
        let estimate = |low, high| Estimate { low, median: low, high };
        let bound = Bound::between(1.0, 2.0);
        for (low, high, verdict) in [
            (1.0, 2.0, Verdict::Holds),
            (0.9, 1.5, Verdict::NotEnoughEvidence),
            (1.5, 2.1, Verdict::NotEnoughEvidence),
            (0.5, 0.9, Verdict::DoesNotHold),
            (2.1, 3.0, Verdict::DoesNotHold),
        ] {
            assert_eq!(estimate(low, high).verdict(&bound), verdict);
        }
        let none = Bound::between(0.0, 0.0);
        assert_eq!(estimate(0.0, 0.0).verdict(&none), Verdict::Holds);
        assert_eq!(none.to_string(), "0");
        assert_eq!(Bound::at_least(1.4).to_string(), "≥ 1.4");
        assert_eq!(Bound::at_most(0.5).to_string(), "≤ 0.5");
    }

    #[test]
    fn too_few_repetitions_and_what_is_no_number_decide_nothing() {
        assert_eq!(Estimate::of(&[1.0; 5]), None);
        assert_eq!(Estimate::of(&[1.0, 2.0, f64::NAN, 3.0, 4.0, 5.0]), None);
        let six = Estimate::of(&[6.0, 2.0, 3.0, 4.0, 5.0, 1.0]).unwrap();
        assert_eq!((six.low, six.median, six.high), (1.0, 3.5, 6.0));
    }
}
