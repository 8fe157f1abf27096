//! A lock that is held while its holder waits for work of rayon.

use crate::spans::on_thread;
use crate::trap::{Seen, Trap, program};
use crate::work::{compute_as, timed};
use lanes_core::trace::State;
use lanes_measure::traps::Kind;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

pub(crate) const TRAP: Trap = Trap {
    name: "rayon-lock",
    library: "rayon",
    asks: "May a task hold a lock while it runs a parallel iterator?",
    expects: "A worker that waits for a part takes another task meanwhile, \
              which wants the lock that the worker itself holds: it hangs.",
    measures: "how long eight pairs of requests take",
    kind: Kind::Time,
    issues: &[(
        "https://github.com/rayon-rs/rayon/issues/592",
        "using rayon under a mutex can lead to deadlocks",
    )],
    source: "crates/traps/src/rayon_lock.rs",
    text: include_str!("rayon_lock.rs"),
    timelines: true,
    without: program!(without, "holds the lock across a parallel iterator"),
    remedies: &[program!(compute_first, "computes first, then locks")],
};

const PAIRS: u64 = 8;
/// What the parts of a request compute, in microseconds: the second is long,
/// and an idle worker steals it meanwhile.
const PARTS: [u64; 2] = [6000, 12_000];

/// Starts tasks for pairs of requests, the second of which arrives while the
/// first is worked on, and waits for both.
fn requests(task: impl Fn(&str, &Mutex<u64>) + Sync) -> Seen {
    let pool = ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.expect("two threads");
    let (task, total) = (&task, &Mutex::new(0));
    timed(2 * PAIRS * PARTS.iter().sum::<u64>(), || {
        for _ in 0..PAIRS {
            pool.in_place_scope(|scope| {
                scope.spawn(|_| task("first", total));
                thread::sleep(Duration::from_millis(1));
                scope.spawn(|_| task("second", total));
            });
        }
        *total.lock().unwrap()
    })
}

/// What a request adds: a parallel iterator of its own.
fn parts(request: &str) -> u64 {
    let part = |micros| compute_as(request, micros);
    PARTS.into_par_iter().map(part).sum()
}

fn lock<'a>(request: &str, total: &'a Mutex<u64>) -> MutexGuard<'a, u64> {
    on_thread(request, State::Lock, || total.lock().unwrap())
}

fn without() -> Seen {
    requests(|request, total| {
        let mut total = lock(request, total);
        *total += parts(request);
    })
}

fn compute_first() -> Seen {
    requests(|request, total| {
        let sum = parts(request);
        *lock(request, total) += sum;
    })
}
