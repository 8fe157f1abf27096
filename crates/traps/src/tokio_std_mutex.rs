//! A guard of the standard library's mutex, held across an await.

use crate::spans::{awaited, on_thread};
use crate::trap::{Seen, Trap, program};
use crate::work::timed;
use lanes_core::trace::State;
use lanes_measure::traps::Kind;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::sleep;

pub(crate) const TRAP: Trap = Trap {
    name: "tokio-std-mutex",
    library: "tokio",
    asks: "May a task await while it holds a guard of std::sync::Mutex?",
    expects: "The next task that locks blocks the only thread, so that the \
              holder never gets on: it hangs.",
    measures: "how long two tasks take",
    kind: Kind::Time,
    issues: &[
        (
            "https://github.com/tokio-rs/tokio/issues/5024",
            "which mutex the documentation recommends to async code",
        ),
        (
            "https://github.com/tokio-rs/tokio/pull/6819",
            "held across an await, in LocalSet or block_on, it deadlocks",
        ),
    ],
    source: "crates/traps/src/tokio_std_mutex.rs",
    text: include_str!("tokio_std_mutex.rs"),
    timelines: true,
    without: program!(without, "holds its guard across an await"),
    remedies: &[
        program!(shorter, "drops the guard before it awaits"),
        program!(tokio_mutex, "holds that of tokio::sync::Mutex"),
    ],
};

/// Two tasks on one thread, and what they have added up.
fn twice<F>(task: impl Fn(&'static str) -> F) -> Seen
where
    F: Future<Output = u64> + 'static,
{
    timed(3, || {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().build().expect("a runtime");
        LocalSet::new().block_on(&runtime, async {
            let mut tasks = JoinSet::new();
            for name in ["first", "second"] {
                tasks.spawn_local(task(name));
            }
            tasks.join_all().await.into_iter().sum()
        })
    })
}

async fn reply(task: &str) {
    awaited(task, State::Io, sleep(Duration::from_millis(20))).await;
}

fn lock<'a>(task: &str, total: &'a Mutex<u64>) -> MutexGuard<'a, u64> {
    on_thread(task, State::Lock, || total.lock().unwrap())
}

#[expect(clippy::await_holding_lock, reason = "it is the trap")]
fn without() -> Seen {
    let total = Rc::new(Mutex::new(0));
    twice(|task| {
        let total = Rc::clone(&total);
        async move {
            let mut total = lock(task, &total);
            reply(task).await;
            *total += 1;
            *total
        }
    })
}

fn shorter() -> Seen {
    let total = Rc::new(Mutex::new(0));
    twice(|task| {
        let total = Rc::clone(&total);
        async move {
            reply(task).await;
            let mut total = lock(task, &total);
            *total += 1;
            *total
        }
    })
}

fn tokio_mutex() -> Seen {
    let total = Rc::new(tokio::sync::Mutex::new(0));
    twice(|task| {
        let total = Rc::clone(&total);
        async move {
            let locked = awaited(task, State::Lock, total.lock());
            let mut total = locked.await;
            reply(task).await;
            *total += 1;
            *total
        }
    })
}
