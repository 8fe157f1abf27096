//! Computing inline in async tasks, beside a timer.

use crate::spans::{awaited_until, on_thread};
use crate::trap::{Seen, Trap, program};
use crate::work::compute_as;
use lanes_core::trace::State;
use lanes_measure::traps::Kind;
use rayon::ThreadPoolBuilder;
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, block_in_place, spawn_blocking};
use tokio::time::sleep_until;

pub(crate) const TRAP: Trap = Trap {
    name: "tokio-inline",
    library: "tokio",
    asks: "May async tasks compute?",
    expects: "A task that computes never yields: a timer beside as many as \
              there are workers comes late by what they compute.",
    measures: "how late the latest of 50 ticks of a timer comes",
    kind: Kind::Delay,
    issues: &[
        (
            "https://github.com/tokio-rs/tokio/issues/629",
            "scheduling is cooperative; long computations need an API",
        ),
        (
            "https://github.com/tokio-rs/doc-push/issues/77",
            "how to perform computation heavy tasks?",
        ),
        (
            "https://github.com/apache/datafusion/issues/13692",
            "queries that compute, in block_in_place or beside tokio",
        ),
    ],
    source: "crates/traps/src/tokio_inline.rs",
    text: include_str!("tokio_inline.rs"),
    timelines: true,
    without: program!(without, "computes inline"),
    remedies: &[
        program!(blocking, "computes in spawn_blocking"),
        program!(in_place, "computes in block_in_place"),
        program!(bridge, "computes in rayon, and awaits a channel"),
    ],
};

const LONG: u64 = 150_000;

/// How late the latest tick of a timer comes.
async fn timer() -> Duration {
    let mut latest = Duration::ZERO;
    for _ in 0..50 {
        let due = Instant::now() + Duration::from_millis(4);
        awaited_until("timer", due, sleep_until(due.into())).await;
        let late = || due.elapsed();
        latest = latest.max(on_thread("timer", State::Compute, late));
    }
    latest
}

/// Two tasks, which two workers run, beside a timer.
fn beside_timer(start: impl Fn(&'static str) -> JoinHandle<u64>) -> Seen {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(2).enable_time();
    let runtime = builder.build().expect("two workers");
    runtime.block_on(async {
        let timer = tokio::spawn(timer());
        let tasks = ["first", "second"].map(start);
        let mut computed = 0;
        for task in tasks {
            computed += task.await.unwrap();
        }
        let late = timer.await.unwrap();
        Seen::new(computed == 2 * LONG, late.as_secs_f64())
    })
}

fn without() -> Seen {
    beside_timer(|task| tokio::spawn(async move { compute_as(task, LONG) }))
}

fn blocking() -> Seen {
    beside_timer(|task| {
        let compute = move || compute_as(task, LONG);
        tokio::spawn(async move { spawn_blocking(compute).await.unwrap() })
    })
}

fn in_place() -> Seen {
    beside_timer(|task| {
        let compute = move || compute_as(task, LONG);
        tokio::spawn(async move { block_in_place(compute) })
    })
}

fn bridge() -> Seen {
    let pool = ThreadPoolBuilder::new().num_threads(2).build();
    let pool = pool.expect("two threads");
    beside_timer(|task| {
        let (sender, receiver) = oneshot::channel();
        pool.spawn(move || {
            let _ = sender.send(compute_as(task, LONG));
        });
        tokio::spawn(async { receiver.await.unwrap() })
    })
}
