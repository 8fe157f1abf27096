//! Parallel iterators over items of which a few take much longer.

use crate::trap::{Seen, Trap, program};
use crate::work::{compute, timed};
use lanes_measure::traps::Kind;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) const TRAP: Trap = Trap {
    name: "rayon-skewed",
    library: "rayon",
    asks: "Does par_iter divide well where a few items take much longer?",
    expects: "A part that no idle worker has stolen is divided no more: one \
              worker runs the long items in it one after the other.",
    measures: "how long 64 items take, the four longest of which come first",
    kind: Kind::Time,
    issues: &[
        (
            "https://github.com/rayon-rs/rayon/issues/1204",
            "spawn performs much better where few items take much longer",
        ),
        (
            "https://github.com/rayon-rs/rayon/issues/1054",
            "a parallel iterator that waits takes other work meanwhile",
        ),
    ],
    source: "crates/traps/src/rayon_skewed.rs",
    text: include_str!("rayon_skewed.rs"),
    timelines: false,
    without: program!(without, "runs par_iter"),
    remedies: &[
        program!(single_items, "divides up to single items, by with_max_len"),
        program!(spawned, "spawns a task for each item"),
    ],
};

/// How long an item computes, in microseconds: the longest come first.
fn items() -> Vec<u64> {
    let item = |index| if index < 4 { 25_000 } else { 50 };
    (0..64).map(item).collect()
}

/// Runs all items in a pool of two threads.
fn pooled(run: impl FnOnce(&ThreadPool, &[u64]) -> u64) -> Seen {
    let pool = ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.expect("two threads");
    let items = items();
    timed(items.iter().sum(), || run(&pool, &items))
}

fn without() -> Seen {
    pooled(|pool, items| {
        pool.install(|| items.par_iter().map(|item| compute(*item)).sum())
    })
}

fn single_items() -> Seen {
    pooled(|pool, items| {
        let items = items.par_iter().with_max_len(1);
        pool.install(|| items.map(|item| compute(*item)).sum())
    })
}

fn spawned() -> Seen {
    pooled(|pool, items| {
        let sum = AtomicU64::new(0);
        pool.in_place_scope(|scope| {
            for item in items {
                scope.spawn(|_| {
                    sum.fetch_add(compute(*item), Ordering::Relaxed);
                });
            }
        });
        sum.into_inner()
    })
}
