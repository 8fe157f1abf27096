//! The bootstrap: medians of pairs in resamples of what was measured.

use super::pair::{Pair, Visits};
use lanes_core::seed;

/// Resamples behind each standard error and critical value.
pub(super) const RESAMPLES: usize = 1000;

/// What a bootstrap resamples; all else stays as it was measured.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Level {
    /// Whole visits.
    Visits,
    /// The rounds of each visit.
    Rounds,
    /// Visits, and the rounds of each.
    Both,
    /// The rounds of all visits, as if they were one visit.
    Pooled,
}

/// The medians of the pairs in `count` resamples, by draw and pair.
pub(super) fn resampled(
    visits: &Visits,
    pairs: &[Pair],
    level: Level,
    count: usize,
    seed: u64,
) -> Vec<Vec<Option<f64>>> {
    // Two streams, so that the choice of visits depends on the number of
    // visits only.
    let mut visit_numbers = seed::numbers(seed::part(seed, 0));
    let mut round_numbers = seed::numbers(seed::part(seed, 1));
    let starts: Vec<usize> = visits
        .iter()
        .scan(0, |start, visit| {
            Some(std::mem::replace(start, *start + visit.len()))
        })
        .collect();
    let mut times = vec![0; visits.iter().map(Vec::len).sum()];
    let mut draw = || {
        times.fill(0);
        if level == Level::Pooled {
            for _ in 0..times.len() {
                let round = below(&mut round_numbers, times.len());
                times[round] += 1;
            }
            return pairs.iter().map(|pair| pair.resampled(&times)).collect();
        }
        for visit in 0..visits.len() {
            let visit = match level {
                Level::Rounds => visit,
                _ => below(&mut visit_numbers, visits.len()),
            };
            let rounds = visits[visit].len();
            for round in 0..rounds {
                let round = match level {
                    Level::Visits => round,
                    _ => below(&mut round_numbers, rounds),
                };
                times[starts[visit] + round] += 1;
            }
        }
        pairs.iter().map(|pair| pair.resampled(&times)).collect()
    };
    (0..count).map(|_| draw()).collect()
}

/// A whole number below `end`; the bias is below `end` in 2^64.
fn below(numbers: &mut seed::Numbers, end: usize) -> usize {
    let number = numbers.next().expect("the stream is endless");
    ((u128::from(number) * end as u128) >> 64) as usize
}

/// The mean and the variance of one pair's draws.
pub(super) fn moments(draws: &[Vec<Option<f64>>], pair: usize) -> (f64, f64) {
    let values = || draws.iter().filter_map(|draw| draw[pair]);
    let count = values().count() as f64;
    // Differences from the first value are exactly 0 if all are equal.
    let first = values().next().unwrap_or(0.0);
    let mean =
        values().map(|value| value - first).sum::<f64>() / count.max(1.0);
    let square = |value: f64| (value - first - mean).powi(2);
    let squares = values().map(square).sum::<f64>();
    (first + mean, squares / (count - 1.0).max(1.0))
}
