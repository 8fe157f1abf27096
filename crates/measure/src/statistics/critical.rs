//! Critical values: how many standard errors wide an interval is.

use super::resample::{RESAMPLES, moments};
use lanes_core::seed;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The bound that the largest absolute value among normal variables, one a
/// pair and correlated as the draws are, exceeds with probability 1 - `level`.
///
/// A sum of many draws with random signs has the wanted distribution
/// (Chernozhukov, Chetverikov and Kato, "Gaussian approximations and
/// multiplier bootstrap for maxima of sums", 2013).
pub(super) fn largest(
    draws: &[Vec<Option<f64>>],
    seed: u64,
    level: f64,
) -> f64 {
    let pairs = draws.first().map_or(0, Vec::len);
    let mut deviations = vec![vec![0.0; pairs]; draws.len()];
    for pair in 0..pairs {
        let (mean, variance) = moments(draws, pair);
        let scale = (variance * draws.len() as f64).sqrt();
        for (deviations, draw) in deviations.iter_mut().zip(draws) {
            deviations[pair] = draw[pair]
                .map(|value| (value - mean) / scale)
                .filter(|deviation| deviation.is_finite())
                .unwrap_or(0.0);
        }
    }
    let mut numbers = seed::numbers(seed::part(seed, 2));
    let mut maximum = || {
        let mut sums = vec![0.0; pairs];
        for deviations in deviations.chunks(64) {
            let signs = numbers.next().expect("the stream is endless");
            for (bit, deviations) in deviations.iter().enumerate() {
                let sign = if signs >> bit & 1 == 0 { 1.0 } else { -1.0 };
                for (sum, deviation) in sums.iter_mut().zip(deviations) {
                    *sum += sign * deviation;
                }
            }
        }
        sums.into_iter().map(f64::abs).fold(0.0, f64::max)
    };
    let mut maxima: Vec<f64> = (0..RESAMPLES).map(|_| maximum()).collect();
    let rank = (level * RESAMPLES as f64).ceil() as usize;
    let rank = rank.clamp(1, RESAMPLES) - 1;
    let (_, &mut bound, _) =
        maxima.select_nth_unstable_by(rank, f64::total_cmp);
    if pairs > 1 { bound.max(normal(level)) } else { normal(level) }
}

/// The bound that the absolute value of a standard normal variable exceeds
/// with probability 1 - `level`.
pub(crate) fn normal(level: f64) -> f64 {
    let tail = ((1.0 - level) / 2.0).clamp(1e-12, 0.5);
    -Normal::standard().inverse_cdf(tail)
}

/// The bound that a variable of Student's distribution exceeds as rarely as
/// a normal one exceeds `bound`.
pub(crate) fn student(bound: f64, freedom: f64) -> f64 {
    let student = StudentsT::new(0.0, 1.0, freedom);
    let student = student.expect("at least one degree of freedom");
    // The lower tails have all their digits, the upper ones are near one.
    -student.inverse_cdf(Normal::standard().cdf(-bound))
}

#[cfg(test)]
mod tests {
    use super::super::pair::Pair;
    use super::super::resample::{Level, resampled};
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Quantiles {
        normal: Vec<(f64, f64)>,
        student: Vec<(f64, f64, f64)>,
        tukey: Vec<(usize, f64)>,
    }

    fn scipy() -> Quantiles {
        let text = include_str!("../../tests/scipy/quantiles.json");
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn normal_quantiles_are_those_of_scipy() {
        for (level, expected) in scipy().normal {
            let error = normal(level) / expected - 1.0;
            assert!(error.abs() < 1e-12, "{level}: {error}");
        }
    }

    #[test]
    fn student_quantiles_are_those_of_scipy() {
        for (level, freedom, expected) in scipy().student {
            let error = student(normal(level), freedom) / expected - 1.0;
            assert!(error.abs() < 1e-10, "{level} {freedom}: {error}");
        }
    }

    #[test]
    fn the_critical_value_of_equal_contenders_is_that_of_tukey() {
        let mut numbers = seed::numbers(1);
        // A sum of uniform numbers is normal enough.
        let mut sample = || {
            let twelve = numbers.by_ref().take(12);
            Some(twelve.map(|n| n as f64 / 2_f64.powi(64)).sum())
        };
        for (contenders, expected) in scipy().tukey {
            let mut round =
                || (0..contenders).map(|_| sample()).collect::<Vec<_>>();
            let visits: Vec<Vec<_>> =
                (0..10).map(|_| (0..40).map(|_| round()).collect()).collect();
            let pairs: Vec<_> = (0..contenders)
                .flat_map(|a| (a + 1..contenders).map(move |b| (a, b)))
                .map(|pair| Pair::new(&visits, pair))
                .collect();
            let draws = resampled(&visits, &pairs, Level::Pooled, 1000, 1);
            let bound = largest(&draws, 1, 0.95);
            assert!(
                (bound / expected - 1.0).abs() < 0.05,
                "{contenders}: {bound}, not {expected}"
            );
        }
    }
}
