//! More threads than the process has processors.

use crate::trap::{Seen, Trap, program};
use crate::work::compute;
use lanes_measure::traps::Kind;
use rayon::ThreadPoolBuilder;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

pub(crate) const TRAP: Trap = Trap {
    name: "rayon-quota",
    library: "rayon",
    asks: "May a pool have as many threads as the machine has cores, where the \
           process may use but one of them?",
    expects: "The threads take turns on it: all answers come at the end, the \
              first with the last.",
    measures: "when the first of eight answers of 20 ms each is there",
    kind: Kind::Time,
    issues: &[
        (
            "https://github.com/rust-lang/rust/issues/74479",
            "what available_parallelism says of affinity and of quotas",
        ),
        (
            "https://github.com/rayon-rs/rayon/pull/1167",
            "threads of a pool under a quota of the CPU",
        ),
    ],
    source: "crates/traps/src/rayon_quota.rs",
    text: include_str!("rayon_quota.rs"),
    timelines: false,
    without: program!(without, "starts eight threads"),
    remedies: &[program!(available, "asks available_parallelism")],
};

const ANSWERS: usize = 8;

/// From now on the process has one processor, as in a container with that
/// quota.
fn one_processor() {
    let mine = sched_getaffinity(None).expect("this process has processors");
    let first = (0..CpuSet::MAX_CPU).find(|cpu| mine.is_set(*cpu));
    let mut one = CpuSet::new();
    one.set(first.expect("there is one"));
    sched_setaffinity(None, &one).expect("it is one of its own");
}

/// Computes all answers in a pool.
fn answers(threads: usize) -> Seen {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("a few threads");
    let (sender, receiver) = mpsc::channel();
    let begin = Instant::now();
    for _ in 0..ANSWERS {
        let sender = sender.clone();
        pool.spawn(move || sender.send(compute(20_000)).unwrap());
    }
    drop(sender);
    let mut times = receiver.iter().map(|_| begin.elapsed());
    let first = times.next().unwrap_or_default();
    let count = 1 + times.count();
    let all = begin.elapsed().as_millis();
    Seen::new(count == ANSWERS, first.as_secs_f64())
        .detail(format!("threads: {threads}; all answers after {all} ms"))
}

fn without() -> Seen {
    one_processor();
    answers(8)
}

fn available() -> Seen {
    one_processor();
    answers(thread::available_parallelism().map_or(1, usize::from))
}
