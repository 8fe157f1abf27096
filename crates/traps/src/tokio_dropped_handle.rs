//! A task whose handle is dropped.

use crate::spans::{awaited, on_thread};
use crate::trap::{Seen, Trap, program};
use lanes_core::trace::State;
use lanes_measure::traps::Kind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub(crate) const TRAP: Trap = Trap {
    name: "tokio-dropped-handle",
    library: "tokio",
    asks: "Does a task end when the future that awaits its handle is dropped?",
    expects: "The handle is dropped, which detaches the task: it goes on, and \
              the account is charged although the request has timed out.",
    measures: "what happens to the account after the timeout",
    kind: Kind::Effects,
    issues: &[
        (
            "https://github.com/tokio-rs/tokio/issues/1830",
            "consider making JoinHandle cancel on drop",
        ),
        (
            "https://github.com/tokio-rs/tokio/issues/6160",
            "a JoinHandle that aborts on drop; tokio-util has one",
        ),
    ],
    source: "crates/traps/src/tokio_dropped_handle.rs",
    text: include_str!("tokio_dropped_handle.rs"),
    timelines: true,
    without: program!(without, "awaits the handle of a task"),
    remedies: &[
        program!(join_set, "has the task in a JoinSet, which aborts it"),
        program!(aborts, "aborts the task after the timeout"),
    ],
};

type Account = Arc<AtomicU64>;

async fn charge(account: Account) {
    let answer = sleep(Duration::from_millis(60));
    awaited("charge", State::Io, answer).await;
    let charge = || account.fetch_add(1, Ordering::SeqCst);
    on_thread("charge", State::Compute, charge);
}

/// Runs a request that gives up, and looks at the account some time later.
fn afterwards<F: Future<Output = ()>>(request: impl Fn(Account) -> F) -> Seen {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(2).enable_time();
    let runtime = builder.build().expect("two workers");
    runtime.block_on(async {
        let account = Account::default();
        let request = request(Arc::clone(&account));
        awaited("request", State::Lock, request).await;
        sleep(Duration::from_millis(200)).await;
        let charged = account.load(Ordering::SeqCst);
        Seen::new(charged == 0, charged as f64)
    })
}

const PATIENCE: Duration = Duration::from_millis(20);

fn without() -> Seen {
    afterwards(|account| async {
        let task = tokio::spawn(charge(account));
        let _ = timeout(PATIENCE, task).await;
    })
}

fn join_set() -> Seen {
    afterwards(|account| async {
        let mut tasks = JoinSet::new();
        tasks.spawn(charge(account));
        let _ = timeout(PATIENCE, tasks.join_next()).await;
    })
}

fn aborts() -> Seen {
    afterwards(|account| async {
        let mut task = tokio::spawn(charge(account));
        if timeout(PATIENCE, &mut task).await.is_err() {
            task.abort();
        }
    })
}
