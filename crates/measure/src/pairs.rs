//! Two forms of one work, measured side by side in one process.

use crate::statistics::{Interval, LEVEL, median};
use lanes_core::seed;
use std::time::Duration;

/// How many pairs a ratio comes from: as many as fit its time, between these.
/// With nine, the interval is still narrower than their range.
const ROUNDS: (usize, usize) = (9, 201);
/// About how long a ratio is measured.
const BUDGET: Duration = Duration::from_millis(1000);
/// Each side of a pair runs for at least so long: short, so that a drift of the
/// machine meets both sides.
const BATCH: Duration = Duration::from_millis(2);

/// What two forms took, `a` and `b`.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// The median time of a run of `a`, in seconds.
    pub a: f64,
    /// That of `b`.
    pub b: f64,
    /// The time of `a` over that of `b`: the median of the paired ratios, with
    /// its interval of 95 %.
    pub ratio: Interval,
}

/// Measures two forms, each in batches that take turns in random order, so that
/// a drift of the machine meets both. Each call is a run, and says how long it
/// took.
pub fn pair(
    mut a: impl FnMut() -> Duration,
    mut b: impl FnMut() -> Duration,
) -> Pair {
    let ((runs_a, batch_a), (runs_b, batch_b)) = (batch(&mut a), batch(&mut b));
    let fitting = BUDGET.as_nanos() / (batch_a + batch_b).as_nanos().max(1);
    let rounds = usize::try_from(fitting).unwrap_or(ROUNDS.1);
    let order = seed::numbers(7).take(rounds.clamp(ROUNDS.0, ROUNDS.1));
    let times = order.map(|coin| {
        // The means are compared: the batches differ in length.
        let (time_a, time_b);
        if coin % 2 == 0 {
            time_a = mean(runs_a, &mut a);
            time_b = mean(runs_b, &mut b);
        } else {
            time_b = mean(runs_b, &mut b);
            time_a = mean(runs_a, &mut a);
        }
        (time_a, time_b)
    });
    let (mut a, mut b): (Vec<f64>, Vec<f64>) = times.unzip();
    let ratios: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a / b).collect();
    let enough = "pairs enough, and each took time";
    let ratio = Interval::of(&ratios, LEVEL).expect(enough);
    let [a, b] = [&mut a, &mut b].map(|times| median(times).expect(enough));
    Pair { a, b, ratio }
}

/// The ratio of [`pair`] alone.
pub fn ratio(
    a: impl FnMut() -> Duration,
    b: impl FnMut() -> Duration,
) -> Interval {
    pair(a, b).ratio
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
        let Pair { a, b, ratio } = pair(|| two, || one);
        assert_eq!((ratio.low, ratio.median, ratio.high), (2.0, 2.0, 2.0));
        assert_eq!((a, b), (0.002, 0.001));
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
