//! How limits are measured: threads that are already there when the clock
//! starts, and the median of some rounds.

use crate::{Error, preflight};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;

/// The median time in which `workers` threads all finish `work`, once each,
/// after one round that is not counted.
pub(super) fn together(
    workers: usize,
    work: impl Fn(usize) + Sync,
) -> Result<Duration, Error> {
    preflight::threads(workers)?;
    let (start, end) = (Barrier::new(workers + 1), Barrier::new(workers + 1));
    let mut times = Vec::with_capacity(ROUNDS);
    thread::scope(|scope| {
        for worker in 0..workers {
            let (start, end, work) = (&start, &end, &work);
            scope.spawn(move || {
                for _ in 0..=ROUNDS {
                    start.wait();
                    work(worker);
                    end.wait();
                }
            });
        }
        for _ in 0..=ROUNDS {
            start.wait();
            let begin = Instant::now();
            end.wait();
            times.push(begin.elapsed());
        }
    });
    Ok(median(&mut times[1..]))
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
