//! The standard library's threads, as its documentation uses them.

use crate::limits;
use crate::measure::{
    self, DEADLINE, Done, Payload, TIMEOUT, answer, ending, failure, failures,
    reply, starving,
};
use crate::observed::Observed;
use crate::peers::{self, GREETING, LOOPBACK, REPLY, REQUEST};
use crate::work::{self, Accounts, TASKS, Task};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;

/// What is documented, by case.
pub(crate) const NOTES: &[(&str, &str)] = &[
    (
        "one_task_panics",
        "a thread that the scope joins has panicked: the scope panics; \
         https://doc.rust-lang.org/std/thread/fn.scope.html#panics",
    ),
    (
        "detached_task_panics",
        "a handle that is dropped detaches its thread; \
         https://doc.rust-lang.org/std/thread/struct.JoinHandle.html",
    ),
    (
        "panic_in_drop",
        "the payload is dropped as the thread ends, and a panic there aborts; \
         https://github.com/rust-lang/rust/pull/94644",
    ),
    (
        "cancel_midway",
        "a handle that is dropped detaches its thread; \
         https://doc.rust-lang.org/std/thread/struct.JoinHandle.html",
    ),
    (
        "deadline_io_bound",
        "the kind is WouldBlock or TimedOut, by platform; \
         https://doc.rust-lang.org/std/net/struct.TcpStream.html#method.\
         set_read_timeout",
    ),
    (
        "panic_holding_lock",
        "a mutex is poisoned by a panic while it is held; \
         https://doc.rust-lang.org/std/sync/struct.Mutex.html#poisoning",
    ),
    (
        "thread_limit",
        "spawn panics if the system fails to create a thread; \
         https://doc.rust-lang.org/std/thread/fn.spawn.html#panics",
    ),
    (
        "slow_drip",
        "the timeout is that of each call of read; \
         https://doc.rust-lang.org/std/net/struct.TcpStream.html#method.\
         set_read_timeout",
    ),
    (
        "connect_storm",
        "the backlog is 128, and bind cannot choose another; \
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
    thread::scope(|scope| {
        for index in 0..TASKS {
            scope.spawn(move || task(index));
        }
    });
    Ok(())
}

pub(crate) fn one_task_panics() -> Observed {
    failure(|| all(work::one_panics))
}

pub(crate) fn all_tasks_panic() -> Observed {
    failures(|| all(work::all_panic))
}

pub(crate) fn detached_task_panics() -> Observed {
    failure(|| {
        for index in 0..TASKS {
            thread::spawn(move || work::one_panics(index));
        }
        Ok(())
    })
}

pub(crate) fn panic_in_drop() -> Observed {
    failure(|| all(work::one_drops_badly))
}

pub(crate) fn one_task_errors() -> Observed {
    failure(|| {
        let task = |index| thread::spawn(move || work::one_errs(index));
        let threads: Vec<_> = (0..TASKS).map(task).collect();
        for thread in threads {
            thread.join().map_err(Payload::new)??;
        }
        Ok(())
    })
}

pub(crate) fn cancel_midway() -> Observed {
    let threads = [thread::spawn(work::long), thread::spawn(work::long)];
    work::await_begun(2);
    ending(|| {
        drop(threads);
        "there is no cancel; the handles are dropped".to_owned()
    })
}

pub(crate) fn deadline_cpu_bound() -> Observed {
    let (sender, receiver) = mpsc::channel();
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

pub(crate) fn deadline_io_bound() -> Observed {
    let address = peers::silent();
    reply(|| request(address))
}

pub(crate) fn drop_while_running() -> Observed {
    Observed::absent("there is no runtime to drop; see cancel_midway")
}

pub(crate) fn blocking_in_task() -> Observed {
    for _ in 0..2 {
        thread::spawn(work::block);
    }
    work::await_begun(2);
    starving(|| drop(thread::spawn(measure::neighbour)))
}

pub(crate) fn panic_holding_lock() -> Observed {
    let accounts = Arc::new(Mutex::new(Accounts::new()));
    let theirs = Arc::clone(&accounts);
    let task = move || theirs.lock().unwrap().panic_halfway();
    let _ = thread::spawn(task).join();
    match accounts.lock() {
        Ok(accounts) => measure::seen(accounts.total(), false),
        Err(poisoned) => measure::seen(poisoned.get_ref().total(), true),
    }
}

pub(crate) fn nested_run() -> Observed {
    answer(|| {
        let outer = thread::spawn(|| all(work::short));
        outer.join().map_err(Payload::new)?
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
    reply(|| request(address))
}

pub(crate) fn peer_reset() -> Observed {
    let address = peers::resetting();
    reply(|| request(address))
}

pub(crate) fn early_close() -> Observed {
    let address = peers::halfway();
    reply(|| request(address))
}

pub(crate) fn slow_drip() -> Observed {
    let address = peers::dripping();
    reply(|| request(address))
}

pub(crate) fn connect_storm() -> Observed {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || stream.write_all(GREETING));
        }
    });
    peers::storm(address)
}

pub(crate) fn oversize_input() -> Observed {
    answer(|| {
        let task = thread::spawn(work::oversize);
        Ok(task.join().map_err(Payload::new)?)
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
