//! How limits are measured: threads that are already there when the clock
//! starts, and the best of some rounds, since a neighbour only slows down.

use crate::{Error, preflight};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;

/// The shortest time in which `workers` threads all finish `work`, once each,
/// after one round that is not counted.
///
/// The workers take the times: a thread that only watches may itself be late.
pub(super) fn together(
    workers: usize,
    work: impl Fn(usize) + Sync,
) -> Result<Duration, Error> {
    preflight::threads(workers)?;
    let start = Barrier::new(workers);
    let times: Vec<Vec<(Instant, Instant)>> = thread::scope(|scope| {
        let measure = |worker| {
            let (start, work) = (&start, &work);
            scope.spawn(move || {
                let round = |_| {
                    start.wait();
                    let begin = Instant::now();
                    work(worker);
                    (begin, Instant::now())
                };
                (0..=ROUNDS).map(round).collect()
            })
        };
        let threads: Vec<_> = (0..workers).map(measure).collect();
        threads.into_iter().flat_map(|thread| thread.join()).collect()
    });
    let time = |round: usize| {
        let begin = times.iter().map(|times| times[round].0).min()?;
        let end = times.iter().map(|times| times[round].1).max()?;
        Some(end - begin)
    };
    let best = (1..=ROUNDS).filter_map(time).min();
    best.ok_or_else(|| Error::Invalid("zero workers".into()))
}
