//! A pool that gets a little work now and then.

use crate::process::cpu_time;
use crate::trap::{Seen, Trap, program};
use crate::work::compute;
use lanes_measure::traps::Kind;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::thread;
use std::time::Duration;

pub(crate) const TRAP: Trap = Trap {
    name: "rayon-idle",
    library: "rayon",
    asks: "What does a pool cost that has next to nothing to do?",
    expects: "A worker without work looks for some before it sleeps, each time \
              that there was some.",
    measures: "the CPU time of 200 loops of 20 µs, one every millisecond",
    kind: Kind::CpuTime,
    issues: &[(
        "https://github.com/rayon-rs/rayon/issues/642",
        "rayon uses a lot of CPU when there is not a lot of work to do",
    )],
    source: "crates/traps/src/rayon_idle.rs",
    text: include_str!("rayon_idle.rs"),
    timelines: false,
    without: program!(without, "has a pool of four threads"),
    remedies: &[
        program!(one_thread, "has a pool of one thread"),
        program!(no_pool, "computes where it is"),
    ],
};

const LOOPS: u64 = 200;

fn trickle(run: impl Fn() -> u64) -> Seen {
    let before = cpu_time();
    let mut sum = 0;
    for _ in 0..LOOPS {
        sum += run();
        thread::sleep(Duration::from_millis(1));
    }
    Seen::new(sum == LOOPS * 20, cpu_time() - before)
}

fn in_pool(threads: usize) -> Seen {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool: ThreadPool = pool.expect("a few threads");
    let run = || (0..4).into_par_iter().map(|_| compute(5)).sum();
    trickle(|| pool.install(run))
}

fn without() -> Seen {
    in_pool(4)
}

fn one_thread() -> Seen {
    in_pool(1)
}

fn no_pool() -> Seen {
    trickle(|| (0..4).map(|_| compute(5)).sum())
}
