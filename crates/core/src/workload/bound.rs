//! How limits are measured: threads that are already there when the clock
//! starts, and the best of some rounds, since a neighbour only slows down.

use crate::scoped::{join_all, spawn_scoped};
use crate::{Error, preflight};
use std::sync::{Barrier, mpsc};
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
            // Of threads that do not all start, none waits for the others: the
            // senders are dropped.
            let (all, are_there) = mpsc::channel::<()>();
            let thread = spawn_scoped(scope, move || {
                if are_there.recv().is_err() {
                    return Ok(Vec::new());
                }
                let round = |_| {
                    start.wait();
                    let begin = Instant::now();
                    work(worker);
                    (begin, Instant::now())
                };
                Ok((0..=ROUNDS).map(round).collect())
            })?;
            Ok((all, thread))
        };
        let started = (0..workers).map(measure);
        let started = started.collect::<Result<Vec<_>, Error>>()?;
        let (all, threads): (Vec<_>, Vec<_>) = started.into_iter().unzip();
        for one in all {
            // A thread that has ended has a result.
            let _ = one.send(());
        }
        join_all(threads)
    })?;
    let time = |round: usize| {
        let begin = times.iter().map(|times| times[round].0).min()?;
        let end = times.iter().map(|times| times[round].1).max()?;
        Some(end - begin)
    };
    let best = (1..=ROUNDS).filter_map(time).min();
    best.ok_or_else(|| Error::Invalid("zero workers".into()))
}

/// The time that `workers` threads need together, or that of one of them if it
/// is shorter: very little work is done before it is handed out.
pub(super) fn shared(
    workers: usize,
    measure: impl Fn(usize) -> Result<Duration, Error>,
) -> Result<Duration, Error> {
    let alone = measure(1)?;
    if workers == 1 {
        return Ok(alone);
    }
    Ok(alone.min(measure(workers)?))
}

/// The best time for work that is cut into pieces, of which each is done by one
/// worker: a worker's share of the whole, or the longest piece if that takes
/// longer.
pub(super) fn cut(
    workers: usize,
    whole: impl Fn() + Sync,
    longest: impl Fn() + Sync,
) -> Result<Duration, Error> {
    let whole = together(1, |_| whole())?;
    let longest = together(1, |_| longest())?;
    Ok(share(workers, whole, longest))
}

fn share(workers: usize, whole: Duration, longest: Duration) -> Duration {
    let share = whole / u32::try_from(workers).unwrap_or(u32::MAX);
    // A piece is no longer than the whole, whatever was measured.
    share.max(longest).min(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_workers_are_never_bound_to_be_slower_than_one() {
        let handing_out = |workers: usize| {
            Ok(Duration::from_micros(100 * (workers as u64 - 1) + 1))
        };
        for workers in 1..4 {
            let bound = shared(workers, handing_out);
            assert_eq!(bound, Ok(Duration::from_micros(1)), "{workers}");
        }
        let dividing =
            |workers: usize| Ok(Duration::from_micros(12 / workers as u64));
        assert_eq!(shared(3, dividing), Ok(Duration::from_micros(4)));
        let refused = |workers: usize| match workers {
            1 => Ok(Duration::ZERO),
            _ => Err(Error::memory()),
        };
        assert_eq!(shared(2, refused), Err(Error::memory()));
    }

    #[test]
    fn the_longest_piece_bounds_however_many_workers() {
        let [whole, longest] = [12, 5].map(Duration::from_micros);
        let share = |workers| share(workers, whole, longest);
        assert_eq!((share(1), share(2)), (whole, whole / 2));
        assert_eq!((share(3), share(usize::MAX)), (longest, longest));
        assert_eq!(super::share(2, longest, whole), longest);
    }
}
