//! Many futures in one task, taken for parallelism.

use crate::trap::{Seen, Trap, program};
use crate::work::{compute_as, timed};
use futures_util::future::join_all;
use lanes_measure::traps::Kind;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

pub(crate) const TRAP: Trap = Trap {
    name: "tokio-join-all",
    library: "tokio",
    asks: "Do futures in join_all compute in parallel?",
    expects: "They are one task, which one worker runs: they take the sum of \
              their times.",
    measures: "how long four futures take that compute for 40 ms each",
    kind: Kind::Time,
    issues: &[
        (
            "https://github.com/rust-lang/futures-rs/issues/2541",
            "document that join is concurrent but not parallel",
        ),
        (
            "https://github.com/yoshuawuyts/futures-concurrency/issues/185",
            "only a single core is utilized when joining futures on tokio",
        ),
    ],
    source: "crates/traps/src/tokio_join_all.rs",
    text: include_str!("tokio_join_all.rs"),
    timelines: true,
    without: program!(without, "joins four futures"),
    remedies: &[program!(spawned, "joins the handles of four tasks")],
};

/// A part of the work: it computes, and yields now and then.
async fn part(task: &str) -> u64 {
    let mut sum = 0;
    for _ in 0..10 {
        sum += compute_as(task, 4000);
        yield_now().await;
    }
    sum
}

const PARTS: [&str; 4] = ["first", "second", "third", "fourth"];

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(4).build().expect("four workers")
}

fn without() -> Seen {
    let runtime = runtime();
    timed(160_000, || {
        runtime.block_on(async {
            let parts = PARTS.map(part);
            join_all(parts).await.into_iter().sum()
        })
    })
}

fn spawned() -> Seen {
    let runtime = runtime();
    timed(160_000, || {
        runtime.block_on(async {
            let tasks = PARTS.map(|task| tokio::spawn(part(task)));
            let sums = join_all(tasks).await.into_iter();
            sums.map(Result::unwrap).sum()
        })
    })
}
