//! Variances of several comparisons, each drawn toward what they have in
//! common (Smyth, "Linear models and empirical Bayes methods for assessing
//! differential expression in microarray experiments", 2004).

use statrs::function::gamma::digamma;

/// Fewer variances say nothing of how far they differ.
const FEWEST: usize = 3;

/// What variances have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// The usual variance.
    pub variance: f64,
    /// How many degrees of freedom it counts for: 0 if the variances differ so
    /// much that they say nothing of each other, infinite if they differ no
    /// more than by chance.
    pub freedom: f64,
}

impl Prior {
    const NONE: Self = Self { variance: 0.0, freedom: 0.0 };

    /// A variance with its degrees of freedom, drawn toward the usual one. That
    /// counts for at most as much as the variance itself: how far variances
    /// differ is rough knowledge, too.
    pub fn shrink(&self, variance: f64, freedom: f64) -> (f64, f64) {
        let usual = self.freedom.min(freedom);
        let sum = usual + freedom;
        ((usual * self.variance + freedom * variance) / sum, sum)
    }
}

/// What variances, each with its degrees of freedom, have in common: the
/// moments of their logarithms, Smyth's closed form. Variances of zero, which
/// have no logarithm, do not count, and fewer than three have nothing in
/// common.
pub fn prior(variances: &[(f64, f64)]) -> Prior {
    let usable = |(variance, freedom): &&(f64, f64)| {
        *variance > 0.0 && variance.is_finite() && *freedom > 0.0
    };
    let known: Vec<(f64, f64)> =
        variances.iter().filter(usable).copied().collect();
    if known.len() < FEWEST {
        return Prior::NONE;
    }
    let count = known.len() as f64;
    let logs = known.iter().map(|(variance, freedom)| {
        variance.ln() - digamma(freedom / 2.0) + (freedom / 2.0).ln()
    });
    let logs: Vec<f64> = logs.collect();
    let mean = logs.iter().sum::<f64>() / count;
    let spread = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>();
    let chance = known.iter().map(|(_, freedom)| trigamma(freedom / 2.0));
    let beyond = spread / (count - 1.0) - chance.sum::<f64>() / count;
    if beyond <= 0.0 {
        return Prior { variance: mean.exp(), freedom: f64::INFINITY };
    }
    let freedom = 2.0 * trigamma_inverse(beyond);
    let variance = mean + digamma(freedom / 2.0) - (freedom / 2.0).ln();
    Prior { variance: variance.exp(), freedom }
}

/// The derivative of the digamma function, for positive numbers: recurrence up
/// to where the asymptotic series has twelve digits (Abramowitz and Stegun,
/// 6.4.6 and 6.4.12).
fn trigamma(x: f64) -> f64 {
    let (mut x, mut sum) = (x, 0.0);
    while x < 15.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = 1.0 / 6.0
        - square * (1.0 / 30.0 - square * (1.0 / 42.0 - square / 30.0));
    sum + 1.0 / x + square / 2.0 + square / x * series
}

/// Where the trigamma function has this positive value: Newton's method on its
/// reciprocal, which is convex (Smyth, appendix).
fn trigamma_inverse(value: f64) -> f64 {
    let mut x = 0.5 + 1.0 / value;
    for _ in 0..50 {
        let found = trigamma(x);
        let step = 1e-5 * x;
        let slope = (trigamma(x + step) - trigamma(x - step)) / (2.0 * step);
        let change = found * (1.0 - found / value) / slope;
        x += change;
        if (change / x).abs() < 1e-10 {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found / expected - 1.0).abs() < 1e-8, "{found} {expected}");
    }

    #[test]
    fn trigamma_is_the_known_one_and_its_inverse_inverts_it() {
        near(trigamma(1.0), PI * PI / 6.0);
        near(trigamma(0.5), PI * PI / 2.0);
        // scipy.special.polygamma(1, 3.5)
        near(trigamma(3.5), 0.330_357_756_100_234_9);
        for x in [0.05, 0.7, 3.0, 80.0, 1e4] {
            near(trigamma_inverse(trigamma(x)), x);
        }
    }

    #[test]
    fn a_prior_is_that_of_the_moments() {
        // scipy: polygamma for the moments, brentq for the inverse.
        let found = prior(&[(1.0, 4.0), (2.0, 4.0), (8.0, 4.0), (0.2, 4.0)]);
        near(found.variance, 0.967_854_419_517_593_3);
        near(found.freedom, 1.949_899_275_817_917_2);
        let (variance, freedom) = found.shrink(8.0, 4.0);
        near(freedom, found.freedom + 4.0);
        assert!(variance > found.variance && variance < 8.0);
    }

    #[test]
    fn equal_variances_are_one_and_few_are_none() {
        let same = prior(&[(2.0, 5.0); 6]);
        assert_eq!(same.freedom, f64::INFINITY);
        let (variance, _) = same.shrink(2.0, 5.0);
        assert!((1.8..3.0).contains(&variance), "{variance}");
        let few = prior(&[(2.0, 5.0), (2.0, 5.0), (0.0, 5.0)]);
        assert_eq!(few, Prior::NONE);
        assert_eq!(few.shrink(3.0, 5.0), (3.0, 5.0));
    }
}
