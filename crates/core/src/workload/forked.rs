//! What recursions that fork share: the answer where there is no fork, and the
//! time that no model can beat.

use crate::{Limit, StopToken};
use std::time::{Duration, Instant};

/// What a node of a recursion answers without a fork: `None` where it is to
/// fork, and otherwise what `plain` does; of a run that was stopped 0, which
/// means nothing, so that there are no more forks.
///
/// It never panics, so that forks which were started are always joined.
#[inline]
pub(super) fn leaf(
    token: StopToken,
    task: usize,
    forks: bool,
    plain: impl FnOnce() -> u64,
) -> Option<u64> {
    match (forks, token.is_quiet()) {
        (true, true) => None,
        (true, false) => token.watched(task, || ()).map_or(Some(0), |()| None),
        (false, true) => Some(plain()),
        (false, false) => Some(token.watched(task, plain).unwrap_or(0)),
    }
}

/// How often plain work is measured, at most.
const ROUNDS: u128 = 9;

/// How long it is measured, unless one round takes longer.
const MEASURED: Duration = Duration::from_millis(300);

/// The limit of a recursion whose plain form is `whole`: the workers share it,
/// and its longest chain, which is so large a share of it, takes as long on any
/// number of them: the largest piece that is not forked, and the forks above.
pub(super) fn limit(workers: usize, chain: f64, whole: impl Fn()) -> Limit {
    let round = || {
        let begin = Instant::now();
        whole();
        begin.elapsed()
    };
    // The first one finds nothing in the caches.
    let first = round();
    let fit = MEASURED.as_nanos() / first.as_nanos().max(1);
    let best = (0..fit.clamp(1, ROUNDS)).map(|_| round()).min();
    let work = best.unwrap_or(first);
    let span = work.mul_f64(chain.min(1.0));
    let what = "plain recursion / workers, or its longest chain of forks";
    Limit::shared(what, workers, work, span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Error, Probe, Watch};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    #[test]
    fn plain_work_is_looked_at_and_a_stopped_run_forks_no_more() {
        let context = Context::new();
        let of = |forks| leaf(context.token(), 3, forks, || 7);
        assert_eq!((of(true), of(false)), (None, Some(7)));
        context.cancel();
        assert_eq!((of(true), of(false)), (Some(0), Some(0)));
    }

    #[test]
    fn a_probe_is_asked_once_for_each_node_and_its_error_stops_the_run() {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let probe: Probe = Arc::new(move |task| {
            count.fetch_add(1, Ordering::Relaxed);
            if task == 3 { Err(Error::Task("three".into())) } else { Ok(()) }
        });
        let watch = Watch { probe: Some(probe), ..Watch::default() };
        let context = Context::watching(watch).unwrap();
        let of = |task, forks| leaf(context.token(), task, forks, || 7);
        assert_eq!((of(1, true), of(2, false)), (None, Some(7)));
        assert_eq!((of(3, false), of(1, true)), (Some(0), Some(0)));
        assert_eq!(asked.load(Ordering::Relaxed), 3);
        assert_eq!(context.finish(()), Err(Error::Task("three".into())));
    }

    #[test]
    fn a_piece_that_is_not_divided_bounds_many_workers() {
        let pause = Duration::from_millis(2);
        let time = |workers, largest| {
            let limit = limit(workers, largest, || thread::sleep(pause));
            limit.time.unwrap()
        };
        // A sleep never ends early, so that these hold on any machine.
        assert!(time(1, 0.0) >= pause);
        assert!(time(4, 0.0) >= pause / 4);
        assert!(time(4, 0.5) >= pause / 2);
        assert!(time(64, 1.0) >= pause && time(0, 7.0) >= pause);
        let limit = limit(4, 0.25, || thread::sleep(pause));
        let (work, span) = (limit.work.unwrap(), limit.span.unwrap());
        assert!(work >= pause && span >= pause / 4 && span <= work / 3);
    }
}
