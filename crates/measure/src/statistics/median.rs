//! A median, and the interval that holds the true one.

use serde::{Deserialize, Deserializer, Serialize};
use statrs::distribution::{Binomial, DiscreteCDF};

/// The probability with which the interval of a single median holds the true
/// one, where nothing else is asked for.
pub const LEVEL: f64 = 0.95;

/// The middle value, or the mean of the two middle ones; `None` of nothing
/// or if a NaN is in the middle.
///
/// Reorders the values.
pub fn median(values: &mut [f64]) -> Option<f64> {
    let half = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let odd = values.len() % 2 == 1;
    let (lower, &mut upper, _) =
        values.select_nth_unstable_by(half, f64::total_cmp);
    let middle = if odd {
        upper
    } else {
        let lower = lower.iter().copied().max_by(f64::total_cmp)?;
        lower.midpoint(upper)
    };
    Some(middle).filter(|middle| !middle.is_nan())
}

/// A median and the ends of its confidence interval.
///
/// What it is of (times, ratios, or log-ratios of times) is said
/// where it is made. The ends are infinite if the data cannot bound them. JSON
/// has no infinite numbers: such ends are written as null, and read back as
/// infinite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    #[serde(deserialize_with = "unbounded_below")]
    pub low: f64,
    /// The estimate.
    pub median: f64,
    /// The upper end.
    #[serde(deserialize_with = "unbounded_above")]
    pub high: f64,
}

impl Interval {
    /// The median of independent repetitions, and the interval between two of
    /// them that holds the true median with a probability of `level` (such as
    /// 0.95) or more, whatever their distribution. It is that of the sign test
    /// (Conover, "Practical nonparametric statistics", 3.2).
    ///
    /// `None` for a repetition that is not finite, and for too few of them: at
    /// 95 % it takes six.
    pub fn of(samples: &[f64], level: f64) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let rank = rank(sorted.len(), level)?;
        if !samples.iter().all(|sample| sample.is_finite()) {
            return None;
        }
        let (low, high) = (sorted[rank], sorted[sorted.len() - 1 - rank]);
        let median = median(&mut sorted)?;
        Some(Self { low, median, high })
    }

    /// Nothing is known.
    pub const UNKNOWN: Self =
        Self { low: f64::NEG_INFINITY, median: 0.0, high: f64::INFINITY };

    pub(crate) fn around(median: f64, half_width: f64) -> Self {
        Self { low: median - half_width, median, high: median + half_width }
    }

    /// From log-ratios to ratios of times: 1 means equally fast.
    pub fn ratio(&self) -> Self {
        let Self { low, median, high } = *self;
        Self { low: low.exp(), median: median.exp(), high: high.exp() }
    }

    /// Half the distance between the ends.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// The index of the lower end among so many sorted repetitions, counted from 0;
/// the upper end is as far from the other side.
fn rank(count: usize, level: f64) -> Option<usize> {
    // On which side of the true median a repetition lies is a fair coin's toss.
    // The interval misses if `rank` or fewer of them lie on one side.
    let below = Binomial::new(0.5, count as u64).ok()?;
    let holds = |rank: &usize| 1.0 - 2.0 * below.cdf(*rank as u64) >= level;
    (0..count / 2).take_while(holds).last()
}

pub(super) fn unbounded_below<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NEG_INFINITY))
}

pub(super) fn unbounded_above<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::INFINITY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::seed;

    #[test]
    fn ranks_are_the_tabled_ones() {
        // Of the sign test at 95 %: 6 to 8 repetitions leave none out at either
        // end, 9 to 11 one, 12 to 14 two, 15 three.
        assert_eq!(rank(5, 0.95), None);
        for (count, expected) in
            [(6, 0), (8, 0), (9, 1), (11, 1), (12, 2), (15, 3), (17, 4)]
        {
            assert_eq!(rank(count, 0.95), Some(expected), "{count}");
        }
    }

    /// The binomial distribution added up term by term, as the claims had it.
    fn added_up(count: usize) -> Option<usize> {
        let (mut tail, mut found) = (0.0, None);
        let mut ways = 0.5f64.powi(count as i32);
        for rank in 0..count / 2 {
            tail += ways;
            if 1.0 - 2.0 * tail < 0.95 {
                break;
            }
            found = Some(rank);
            ways *= (count - rank) as f64 / (rank + 1) as f64;
        }
        found
    }

    #[test]
    fn ranks_are_those_of_the_sum_and_of_the_normal_approximation() {
        for count in 0..=201 {
            assert_eq!(rank(count, 0.95), added_up(count), "{count}");
        }
        // That of a fair coin's tosses, rounded up, about the middle one: right
        // for every odd number of pairs that the benches make, but for one.
        for count in (31..=201).step_by(2) {
            let spread = (0.98 * (count as f64).sqrt()).ceil() as usize;
            let exact = rank(count, 0.95).unwrap();
            let expected = if count == 67 { exact - 1 } else { exact };
            assert_eq!(count / 2 - spread, expected, "{count}");
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
            let Interval { low, high, .. } =
                Interval::of(&samples, 0.95).unwrap();
            held += u32::from(low <= 0.0625 && 0.0625 <= high);
        }
        // 96.1 % by the binomial distribution; four standard errors around it.
        assert!((0.948..0.973).contains(&(f64::from(held) / 4000.0)), "{held}");
    }

    #[test]
    fn too_few_repetitions_and_what_is_no_number_decide_nothing() {
        let of = |samples: &[f64]| Interval::of(samples, 0.95);
        assert_eq!(of(&[1.0; 5]), None);
        assert_eq!(of(&[1.0, 2.0, f64::NAN, 3.0, 4.0, 5.0]), None);
        let six = of(&[6.0, 2.0, 3.0, 4.0, 5.0, 1.0]).unwrap();
        assert_eq!((six.low, six.median, six.high), (1.0, 3.5, 6.0));
    }
}
