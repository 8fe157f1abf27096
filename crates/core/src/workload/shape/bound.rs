//! The time that no model can beat.

use super::Tasks;
use crate::Limit;
use std::time::Duration;

/// The largest of all bounds, where a nanosecond is so many rounds.
pub(super) fn limit(tasks: &Tasks, workers: usize, per_nano: f64) -> Limit {
    let time = |rounds: f64| {
        Duration::from_secs_f64((rounds / per_nano / 1e9).max(0.0))
    };
    let (mut all, mut longest, mut locked) = (0.0, 0u64, 0.0);
    let mut last = Duration::ZERO;
    for task in tasks.numbers() {
        let rounds = tasks.rounds_of(task);
        all += rounds as f64;
        longest = longest.max(rounds);
        let halves = [rounds / 2, rounds - rounds / 2];
        locked += halves
            .map(|half| tasks.under_lock(half) as f64)
            .iter()
            .sum::<f64>();
        let arrival = Duration::from_nanos(tasks.arrival(task));
        last = last.max(arrival + time(rounds as f64) + tasks.wait);
    }
    let waits = tasks.wait.as_secs_f64() * tasks.count as f64;
    let one = time(all) + Duration::from_secs_f64(waits);
    // With a lane for each task that is the longest one.
    let lanes = tasks.at_once().max(1) as f64;
    let bounds = [
        ("all compute / workers", time(all / workers.max(1) as f64)),
        (
            "the longest task, its wait included",
            if tasks.count == 0 {
                Duration::ZERO
            } else {
                time(longest as f64) + tasks.wait
            },
        ),
        ("all tasks, waits included, / those at once", one.div_f64(lanes)),
        ("all compute that is under the lock", time(locked)),
        ("the last task to arrive, and its end", last),
    ];
    let mut most = bounds[0];
    for bound in bounds {
        if bound.1 > most.1 {
            most = bound;
        }
    }
    Limit::of(most.0, most.1)
}
