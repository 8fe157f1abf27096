//! Calls that block, within workers of rayon.

use crate::spans::on_thread;
use crate::trap::{Seen, Trap, program};
use lanes_core::trace::State;
use lanes_measure::traps::Kind;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const TRAP: Trap = Trap {
    name: "rayon-blocking",
    library: "rayon",
    asks: "May a task of rayon's pool wait for I/O?",
    expects: "A worker that blocks takes no other work: the neighbour waits \
              until one of them is back.",
    measures: "how late a neighbour runs that is started beside two of them",
    kind: Kind::Delay,
    issues: &[(
        "https://github.com/rayon-rs/rayon/issues/779",
        "a thread that blocks takes no part in work stealing",
    )],
    source: "crates/traps/src/rayon_blocking.rs",
    text: include_str!("rayon_blocking.rs"),
    timelines: true,
    without: program!(without, "blocks two of two workers"),
    remedies: &[program!(own_threads, "blocks threads of its own")],
};

fn pool() -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(2).build().expect("two threads")
}

/// A reply that takes its time.
fn reply(task: &str) {
    let time = Duration::from_millis(150);
    on_thread(task, State::Io, || thread::sleep(time));
}

/// How long it takes until a task begins that is started now.
fn neighbour(pool: &ThreadPool) -> Seen {
    let (sender, receiver) = mpsc::channel();
    let due = Instant::now();
    pool.spawn(move || {
        let begins = || sender.send(due.elapsed()).unwrap();
        on_thread("neighbour", State::Compute, begins);
    });
    let late = receiver.recv();
    Seen::new(late.is_ok(), late.unwrap_or_default().as_secs_f64())
}

fn without() -> Seen {
    let pool = pool();
    for task in ["first", "second"] {
        pool.spawn(move || reply(task));
    }
    neighbour(&pool)
}

fn own_threads() -> Seen {
    let pool = pool();
    for task in ["first", "second"] {
        thread::spawn(move || reply(task));
    }
    neighbour(&pool)
}
