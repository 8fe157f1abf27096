//! crossbeam: scoped threads and channels, as its documentation uses them.

use crate::limits;
use crate::measure::{
    self, DEADLINE, Done, Payload, TIMEOUT, answer, ending, failure, failures,
    reply, starving,
};
use crate::observed::Observed;
use crate::peers::{self, GREETING, LOOPBACK, REPLY, REQUEST};
use crate::work::{self, Accounts, TASKS, Task};
use crossbeam::channel;
use crossbeam::sync::ShardedLock;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// What is documented, by case.
pub(crate) const NOTES: &[(&str, &str)] = &[
    (
        "one_task_panics",
        "an error with the payloads of all threads that were not joined; \
         https://docs.rs/crossbeam/0.8/crossbeam/fn.scope.html",
    ),
    (
        "all_tasks_panic",
        "an error with the payloads of all threads that were not joined; \
         https://docs.rs/crossbeam/0.8/crossbeam/fn.scope.html",
    ),
    (
        "panic_in_drop",
        "a payload that is caught may panic again where it is dropped; \
         https://github.com/rust-lang/rust/issues/86027",
    ),
    (
        "drop_while_running",
        "what is in a channel is received after it is disconnected too; \
         https://docs.rs/crossbeam/0.8/crossbeam/channel/index.html#\
         disconnection",
    ),
    (
        "panic_holding_lock",
        "a panic while it is written to poisons it; \
         https://docs.rs/crossbeam/0.8/crossbeam/sync/struct.ShardedLock.html#\
         poisoning",
    ),
    (
        "connect_storm",
        "it has no listener; that of the standard library has 128; \
         https://github.com/rust-lang/rust/issues/55614",
    ),
    (
        "oversize_input",
        "an allocation that fails aborts the process; \
         https://doc.rust-lang.org/std/alloc/fn.handle_alloc_error.html",
    ),
];

/// Every task in a thread of its own, joined by the scope.
fn all(task: Task) -> Done {
    crossbeam::scope(|scope| {
        for index in 0..TASKS {
            scope.spawn(move |_| task(index));
        }
    })
    .map_err(Payload::new)?;
    Ok(())
}

pub(crate) fn one_task_panics() -> Observed {
    failure(|| all(work::one_panics))
}

pub(crate) fn all_tasks_panic() -> Observed {
    failures(|| all(work::all_panic))
}

pub(crate) fn detached_task_panics() -> Observed {
    Observed::absent("every thread of a scope is joined")
}

pub(crate) fn panic_in_drop() -> Observed {
    failure(|| all(work::one_drops_badly))
}

pub(crate) fn one_task_errors() -> Observed {
    failure(|| {
        let joined = crossbeam::scope(|scope| {
            let task = |index| scope.spawn(move |_| work::one_errs(index));
            let threads: Vec<_> = (0..TASKS).map(task).collect();
            for thread in threads {
                thread.join().map_err(Payload::new)??;
            }
            Ok(())
        });
        joined.map_err(Payload::new)?
    })
}

pub(crate) fn cancel_midway() -> Observed {
    ending(|| {
        let scope = crossbeam::scope(|scope| {
            let threads = [0, 1].map(|_| scope.spawn(|_| work::long()));
            work::await_begun(2);
            drop(threads);
        });
        format!("there is no cancel; the scope is left: {scope:?}")
    })
}

pub(crate) fn deadline_cpu_bound() -> Observed {
    let (sender, receiver) = channel::bounded(1);
    ending(|| {
        thread::spawn(move || {
            work::long();
            sender.send(())
        });
        format!("recv_timeout: {:?}", receiver.recv_timeout(DEADLINE))
    })
}

fn request(address: SocketAddr) -> Done {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(REQUEST)?;
    stream.read_exact(&mut [0; REPLY])?;
    Ok(())
}

/// A request of a task: crossbeam has no I/O, and takes the standard library's.
fn request_in_task(address: SocketAddr) -> Done {
    let task = crossbeam::scope(|scope| {
        let thread = scope.spawn(|_| request(address));
        thread.join().map_err(Payload::new)?
    });
    task.map_err(Payload::new)?
}

pub(crate) fn deadline_io_bound() -> Observed {
    let address = peers::silent();
    reply(|| request_in_task(address))
}

pub(crate) fn drop_while_running() -> Observed {
    let (sender, receiver) = channel::unbounded::<fn()>();
    for _ in 0..2 {
        let receiver = receiver.clone();
        thread::spawn(move || receiver.iter().for_each(|task| task()));
    }
    for _ in 0..4 {
        sender.send(work::long).unwrap();
    }
    work::await_begun(2);
    ending(|| {
        drop((sender, receiver));
        "the channel of two workers and four tasks is dropped".to_owned()
    })
}

pub(crate) fn blocking_in_task() -> Observed {
    let (sender, receiver) = channel::unbounded::<fn()>();
    for _ in 0..2 {
        let receiver = receiver.clone();
        thread::spawn(move || receiver.iter().for_each(|task| task()));
        sender.send(work::block).unwrap();
    }
    work::await_begun(2);
    starving(|| sender.send(measure::neighbour).unwrap())
}

pub(crate) fn panic_holding_lock() -> Observed {
    let accounts = Arc::new(ShardedLock::new(Accounts::new()));
    let theirs = Arc::clone(&accounts);
    let task = move || theirs.write().unwrap().panic_halfway();
    let _ = thread::spawn(task).join();
    match accounts.read() {
        Ok(accounts) => measure::seen(accounts.total(), false),
        Err(poisoned) => measure::seen(poisoned.get_ref().total(), true),
    }
}

pub(crate) fn nested_run() -> Observed {
    answer(|| {
        let outer = crossbeam::scope(|scope| {
            let inner = scope.spawn(|_| all(work::short));
            inner.join().map_err(Payload::new)?
        });
        outer.map_err(Payload::new)?
    })
}

pub(crate) fn thread_limit() -> Observed {
    limits::threads();
    answer(|| all(work::blocks))
}

pub(crate) fn fd_limit() -> Observed {
    let address = peers::polite();
    request(address).expect("descriptors for a first request");
    let _used = limits::descriptors();
    reply(|| request_in_task(address))
}

pub(crate) fn peer_reset() -> Observed {
    let address = peers::resetting();
    reply(|| request_in_task(address))
}

pub(crate) fn early_close() -> Observed {
    let address = peers::halfway();
    reply(|| request_in_task(address))
}

pub(crate) fn slow_drip() -> Observed {
    let address = peers::dripping();
    reply(|| request_in_task(address))
}

pub(crate) fn connect_storm() -> Observed {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = channel::unbounded::<TcpStream>();
    for _ in 0..2 {
        let receiver = receiver.clone();
        let greet = |mut stream: TcpStream| stream.write_all(GREETING);
        thread::spawn(move || receiver.iter().try_for_each(greet));
    }
    thread::spawn(move || {
        listener.incoming().flatten().try_for_each(|one| sender.send(one))
    });
    peers::storm(address)
}

pub(crate) fn oversize_input() -> Observed {
    answer(|| {
        let scope = crossbeam::scope(|scope| {
            scope.spawn(|_| work::oversize());
        });
        Ok(scope.map_err(Payload::new)?)
    })
}

pub(crate) fn zero_workers() -> Observed {
    Observed::absent("there is no pool to give a number of workers")
}

pub(crate) fn worker_sigkill() -> Observed {
    Observed::absent("there are no worker processes; see processes")
}

pub(crate) fn hundred_runs() -> Observed {
    measure::threads_left(|| all(work::instant))
}
