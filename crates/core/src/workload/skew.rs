//! How long each of the unequal tasks computes.

use crate::{Error, seed};

/// No task is longer than this many of the shortest ones: of the draws that
/// any machine can make, next to none is beyond.
const LONGEST: f64 = (1u64 << 30) as f64;
/// The draws are counted in such parts of the shortest one, so that everything
/// after the draw is done in whole numbers: the same in every language.
const PARTS: f64 = 1024.0;

/// Draws from a Pareto distribution, scaled so that their sum is exactly that
/// of `count` times `mean`, in the order of the tasks.
///
/// A draw is u^(-1 / exponent), with u uniform in (0, 1]: the share of tasks
/// longer than x shortest ones is x^-exponent.
///
/// # Errors
/// [`Error::Invalid`] for an exponent that is none, or a sum that overflows.
pub(super) fn drawn(
    seed: u64,
    count: usize,
    mean: u64,
    exponent: f64,
) -> Result<Vec<u64>, Error> {
    if !(exponent > 1.0 && exponent.is_finite()) {
        return Err(Error::Invalid(format!(
            "a skew of {exponent}; the exponent is a number above 1, since \
             there is no mean up to 1"
        )));
    }
    let draw = |number: u64| {
        let uniform = ((number >> 11) + 1) as f64 / (1u64 << 53) as f64;
        (uniform.powf(-1.0 / exponent).min(LONGEST) * PARTS) as u64
    };
    let numbers = seed::numbers(seed::part(seed, u64::MAX));
    let mut each: Vec<u64> = numbers.take(count).map(draw).collect();
    let all = each.iter().map(|parts| u128::from(*parts)).sum::<u128>();
    let total = u128::from(mean) * count as u128;
    if total.checked_mul(all).is_none() {
        let what = format!("{count} tasks with a skew of {exponent} overflow");
        return Err(Error::Invalid(what));
    }
    // Each gets what its end is after its begin, both rounded down: nothing is
    // lost and nothing is added.
    let (mut sum, mut begin) = (0u128, 0u128);
    for task in &mut each {
        sum += u128::from(*task);
        let end = total * sum / all;
        *task = u64::try_from(end - begin).unwrap_or(u64::MAX);
        begin = end;
    }
    Ok(each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_those_of_a_pareto_distribution() {
        let count = 10_000;
        let each = drawn(7, count, 1 << 20, 2.0).unwrap();
        let shortest = *each.iter().min().unwrap() as f64;
        // The share of those longer than x is x^-2.
        for (times, share) in [(2.0, 0.25), (4.0, 0.0625)] {
            let long = each.iter().filter(|t| **t as f64 > times * shortest);
            let found = long.count() as f64 / count as f64;
            // Four standard deviations.
            let off = 4.0 * (share * (1.0 - share) / count as f64).sqrt();
            assert!((found - share).abs() < off, "{times}: {found}");
        }
    }
}
