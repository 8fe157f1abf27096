//! A long task, and its neighbour in the slot that nobody steals from.

use crate::spans::on_thread;
use crate::trap::{Seen, Trap, program};
use crate::work::compute_as;
use lanes_core::trace::State;
use lanes_measure::traps::Kind;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, spawn_blocking, yield_now};

pub(crate) const TRAP: Trap = Trap {
    name: "tokio-slot",
    library: "tokio",
    asks: "Does an idle worker take the task that a busy one has just started?",
    expects: "The newest task lies in a slot that nobody steals from: it waits \
              for the busy worker while another one idles.",
    measures: "how late the neighbour runs",
    kind: Kind::Delay,
    issues: &[(
        "https://github.com/tokio-rs/tokio/issues/4941",
        "make the LIFO slot in the multi-threaded scheduler stealable",
    )],
    source: "crates/traps/src/tokio_slot.rs",
    text: include_str!("tokio_slot.rs"),
    timelines: true,
    without: program!(without, "computes once it has started the neighbour"),
    remedies: &[
        program!(yields, "yields before it computes"),
        program!(blocking, "computes in spawn_blocking"),
    ],
};

const LONG: u64 = 150_000;

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2).build().expect("two workers")
}

/// What the long task does.
fn long() -> u64 {
    compute_as("long", LONG)
}

/// Starts a task that says how long it has waited.
fn neighbour() -> JoinHandle<Duration> {
    let due = Instant::now();
    let begins = move || due.elapsed();
    tokio::spawn(async move { on_thread("neighbour", State::Compute, begins) })
}

fn seen(computed: u64, late: Duration) -> Seen {
    Seen::new(computed == LONG, late.as_secs_f64())
}

fn without() -> Seen {
    let task = async {
        let neighbour = neighbour();
        let computed = long();
        seen(computed, neighbour.await.unwrap())
    };
    let runtime = runtime();
    runtime.block_on(runtime.spawn(task)).unwrap()
}

fn yields() -> Seen {
    let task = async {
        let neighbour = neighbour();
        yield_now().await;
        let computed = long();
        seen(computed, neighbour.await.unwrap())
    };
    let runtime = runtime();
    runtime.block_on(runtime.spawn(task)).unwrap()
}

fn blocking() -> Seen {
    let task = async {
        let neighbour = neighbour();
        let computed = spawn_blocking(long).await.unwrap();
        seen(computed, neighbour.await.unwrap())
    };
    let runtime = runtime();
    runtime.block_on(runtime.spawn(task)).unwrap()
}
