//! How limits are measured: threads that are already there when the clock
//! starts, and the best of some rounds, since a neighbour only slows down.

use crate::scoped::{join_all, spawn_scoped};
use crate::{Error, Limit, preflight};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How often work is measured, at most.
const ROUNDS: usize = 9;

/// How long it is measured, unless one round takes longer.
const MEASURED: Duration = Duration::from_millis(300);

/// The shortest time in which `workers` threads all finish `work`, once each,
/// after one round that is not counted.
///
/// The workers take the times: a thread that only watches may itself be late.
pub(super) fn together(
    workers: usize,
    work: impl Fn(usize) + Sync,
) -> Result<Duration, Error> {
    preflight::threads(workers)?;
    let (start, end) = (Barrier::new(workers), End::new());
    let times: Vec<Vec<(Instant, Instant)>> = thread::scope(|scope| {
        let measure = |worker| {
            let (start, end, work) = (&start, &end, &work);
            // Of threads that do not all start, none waits for the others: the
            // senders are dropped.
            let (all, are_there) = mpsc::channel::<()>();
            let thread = spawn_scoped(scope, move || {
                if are_there.recv().is_err() {
                    return Ok(Vec::new());
                }
                let mut times = Vec::new();
                loop {
                    start.wait();
                    if end.is_before(times.len()) {
                        return Ok(times);
                    }
                    let begin = Instant::now();
                    work(worker);
                    times.push((begin, Instant::now()));
                    end.after(&times);
                }
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
    let rounds = times.first().map_or(0, Vec::len);
    let best = (1..rounds).filter_map(time).min();
    best.ok_or_else(|| Error::Invalid("zero workers".into()))
}

/// Which round is the last one, for all workers alike.
struct End(AtomicUsize);

impl End {
    fn new() -> Self {
        Self(AtomicUsize::new(ROUNDS))
    }

    /// Whether there are no rounds from this one on. It is asked once all have
    /// done the round before, so that all see the same: who is further ahead
    /// can only name this round, or a later one.
    fn is_before(&self, round: usize) -> bool {
        self.0.load(Ordering::Relaxed) < round
    }

    /// What a worker says that has done these rounds, before it waits for the
    /// others.
    fn after(&self, times: &[(Instant, Instant)]) {
        // The first one finds nothing in the caches, and does not count.
        let counted = times.get(1..).unwrap_or_default();
        let (Some(first), Some(last)) = (counted.first(), counted.last())
        else {
            return;
        };
        if last.1 - first.0 >= MEASURED {
            self.0.fetch_min(counted.len(), Ordering::Relaxed);
        }
    }
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

/// The limit of work that is cut into pieces, of which each is done by one
/// worker: a worker's share of the whole, or the longest piece if that takes
/// longer.
pub(super) fn cut(
    what: &'static str,
    workers: usize,
    whole: impl Fn() + Sync,
    longest: impl Fn() + Sync,
) -> Result<Limit, Error> {
    let work = together(1, |_| whole())?;
    let span = together(1, |_| longest())?;
    Ok(Limit::shared(what, workers, work, span))
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
        let [work, span] = [12, 5].map(Duration::from_micros);
        let time = |workers| Limit::shared("", workers, work, span).time;
        assert_eq!([time(1), time(2)], [Some(work), Some(work / 2)]);
        assert_eq!([time(3), time(usize::MAX)], [Some(span); 2]);
        let turned = Limit::shared("", 2, span, work);
        assert_eq!((turned.span, turned.time), (Some(span), Some(span)));
        assert_eq!(time(0), Some(work));
    }

    #[test]
    fn of_long_work_one_round_counts() {
        for workers in [1, 3] {
            let done = AtomicUsize::new(0);
            let best = together(workers, |_| {
                done.fetch_add(1, Ordering::Relaxed);
                thread::sleep(MEASURED);
            });
            // A sleep never ends early.
            assert!(best.unwrap() >= MEASURED);
            assert_eq!(done.into_inner(), 2 * workers);
        }
    }

    #[test]
    fn a_worker_that_is_late_ends_the_rounds_of_all() {
        let end = End::new();
        let at = |millis| Instant::now() + Duration::from_millis(millis);
        let [zero, soon, late] = [0, 200, 400].map(at);
        let fast = [(zero, late), (zero, soon)];
        end.after(&fast[..1]);
        end.after(&fast);
        assert!(!end.is_before(2) && !end.is_before(ROUNDS));
        assert!(end.is_before(ROUNDS + 1));
        // Of the same round, another worker.
        end.after(&[(zero, soon), (zero, late)]);
        assert!(!end.is_before(1) && end.is_before(2));
        // A later round is no later end.
        end.after(&[(zero, soon), (zero, soon), (soon, late)]);
        assert!(end.is_before(2));
    }
}
