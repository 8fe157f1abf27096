//! Ratios of two times that were measured side by side.

use lanes_core::seed;
use lanes_measure::statistics::{Interval, LEVEL};
use std::time::Duration;

/// How many pairs a ratio comes from: as many as fit its time, between these.
/// With nine, the interval is still narrower than their range.
const ROUNDS: (usize, usize) = (9, 201);
/// About how long a ratio is measured.
const BUDGET: Duration = Duration::from_millis(1000);
/// Each side of a pair runs for at least so long: short, so that a drift of the
/// machine meets both sides.
const BATCH: Duration = Duration::from_millis(2);

/// The time of `a` over the time of `b`, each measured in batches that take
/// turns in random order, so that a drift of the machine meets both: the median
/// of the paired ratios, with its interval of 95 %.
pub fn ratio(
    mut a: impl FnMut() -> Duration,
    mut b: impl FnMut() -> Duration,
) -> Interval {
    let ((runs_a, batch_a), (runs_b, batch_b)) = (batch(&mut a), batch(&mut b));
    let fitting = BUDGET.as_nanos() / (batch_a + batch_b).as_nanos().max(1);
    let rounds = usize::try_from(fitting).unwrap_or(ROUNDS.1);
    let order = seed::numbers(7).take(rounds.clamp(ROUNDS.0, ROUNDS.1));
    let ratios = order.map(|coin| {
        // The means are compared: the batches differ in length.
        let (time_a, time_b);
        if coin % 2 == 0 {
            time_a = mean(runs_a, &mut a);
            time_b = mean(runs_b, &mut b);
        } else {
            time_b = mean(runs_b, &mut b);
            time_a = mean(runs_a, &mut a);
        }
        time_a / time_b
    });
    let ratios: Vec<f64> = ratios.collect();
    Interval::of(&ratios, LEVEL).expect("pairs enough, and each took time")
}

/// How many runs fill a batch and how long they take, after one to warm up.
fn batch(work: &mut impl FnMut() -> Duration) -> (u32, Duration) {
    work();
    let time = work().max(Duration::from_nanos(1));
    let runs = BATCH.as_nanos().div_ceil(time.as_nanos());
    let runs = u32::try_from(runs).unwrap_or(u32::MAX).clamp(1, 10_000);
    (runs, time * runs)
}

fn mean(runs: u32, work: &mut impl FnMut() -> Duration) -> f64 {
    let total: Duration = (0..runs).map(|_| work()).sum();
    total.as_secs_f64() / f64::from(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_known_times_is_known() {
        let (two, one) = (Duration::from_millis(2), Duration::from_millis(1));
        let ratio = ratio(|| two, || one);
        assert_eq!((ratio.low, ratio.median, ratio.high), (2.0, 2.0, 2.0));
    }

    #[test]
    fn the_interval_leaves_outliers_out() {
        let mut ratios: Vec<f64> = (0..31).map(f64::from).collect();
        ratios[30] = 1e9;
        let Interval { low, median, high } =
            Interval::of(&ratios, LEVEL).unwrap();
        assert_eq!((low, median, high), (9.0, 15.0, 21.0));
    }
}
