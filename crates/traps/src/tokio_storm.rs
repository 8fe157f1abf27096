//! A storm of blocking calls.

use crate::process::{peak_memory, threads};
use crate::spans::on_thread;
use crate::trap::{Seen, Trap, program};
use lanes_core::trace::State;
use lanes_measure::traps::Kind;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};

pub(crate) const TRAP: Trap = Trap {
    name: "tokio-storm",
    library: "tokio",
    asks: "What if every request of a storm calls spawn_blocking?",
    expects: "Each call that finds no idle thread starts one, up to 512.",
    measures: "the threads that 400 requests leave, for ten seconds",
    kind: Kind::Threads,
    issues: &[
        (
            "https://github.com/tokio-rs/tokio/issues/8470",
            "a runtime stalls with a large number of spawn_blocking tasks",
        ),
        (
            "https://github.com/tokio-rs/tokio/pull/7757",
            "many threads that spawn blocking tasks contend for their queue",
        ),
        (
            "https://github.com/getsentry/relay/pull/3840",
            "the pool goes up to its maximum: a limit of 150 threads",
        ),
    ],
    source: "crates/traps/src/tokio_storm.rs",
    text: include_str!("tokio_storm.rs"),
    timelines: true,
    without: program!(without, "calls spawn_blocking for each"),
    remedies: &[
        program!(semaphore, "lets a semaphore of 16 permits pass"),
        program!(smaller_pool, "sets max_blocking_threads to 16"),
    ],
};

const REQUESTS: usize = 400;

/// A call that blocks for a moment.
fn call(request: usize) -> usize {
    let time = Duration::from_millis(8);
    let name = format!("request {request}");
    on_thread(&name, State::Io, || thread::sleep(time));
    1
}

/// Awaits all requests, and counts what they leave.
async fn served(mut requests: JoinSet<usize>) -> Seen {
    let begin = Instant::now();
    let mut served = 0;
    while let Some(one) = requests.join_next().await {
        served += one.unwrap();
    }
    let took = begin.elapsed().as_millis();
    let memory = peak_memory() >> 10;
    Seen::new(served == REQUESTS, threads() as f64)
        .detail(format!("{took} ms, {memory} KiB of memory at most"))
}

fn runtime(most: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(2).max_blocking_threads(most);
    builder.build().expect("two workers")
}

fn without() -> Seen {
    runtime(512).block_on(async {
        let mut requests = JoinSet::new();
        for request in 0..REQUESTS {
            requests.spawn_blocking(move || call(request));
        }
        served(requests).await
    })
}

fn semaphore() -> Seen {
    runtime(512).block_on(async {
        let permits = Arc::new(Semaphore::new(16));
        let mut requests = JoinSet::new();
        for request in 0..REQUESTS {
            let permits = Arc::clone(&permits);
            requests.spawn(async move {
                let _permit = permits.acquire().await.unwrap();
                spawn_blocking(move || call(request)).await.unwrap()
            });
        }
        served(requests).await
    })
}

fn smaller_pool() -> Seen {
    runtime(16).block_on(async {
        let mut requests = JoinSet::new();
        for request in 0..REQUESTS {
            requests.spawn_blocking(move || call(request));
        }
        served(requests).await
    })
}
