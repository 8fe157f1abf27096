//! async-std: its one executor, as its documentation uses it. The number of
//! threads is that of the variable `ASYNC_STD_THREAD_COUNT`.

use crate::limits;
use crate::measure::{
    self, DEADLINE, Done, TIMEOUT, answer, ending, failure, failures, reply,
    starving,
};
use crate::observed::Observed;
use crate::peers::{self, GREETING, LOOPBACK, REPLY, REQUEST};
use crate::work::{self, Accounts, TASKS, Task};
use async_std::future::timeout;
use async_std::io;
use async_std::io::ReadExt;
use async_std::io::prelude::WriteExt;
use async_std::net::{TcpListener, TcpStream};
use async_std::sync::Mutex;
use async_std::task;
use std::net::SocketAddr;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// What is documented, by case.
pub(crate) const NOTES: &[(&str, &str)] = &[
    (
        "one_task_panics",
        "the executor propagates a panic to what awaits the task; \
         https://docs.rs/async-task/4.7/async_task/struct.Builder.html#method.\
         propagate_panic",
    ),
    (
        "panic_in_drop",
        "a payload that is caught may panic again where it is dropped; \
         https://github.com/rust-lang/rust/issues/86027",
    ),
    (
        "one_task_errors",
        "a handle that is dropped detaches its task; \
         https://docs.rs/async-std/1.13/async_std/task/struct.JoinHandle.html",
    ),
    (
        "cancel_midway",
        "it waits until the task has stopped, and stops it at an await; \
         https://docs.rs/async-std/1.13/async_std/task/struct.JoinHandle.html#\
         method.cancel",
    ),
    (
        "blocking_in_task",
        "no thread is added for a task that blocks; \
         https://github.com/async-rs/async-std/issues/740",
    ),
    (
        "panic_holding_lock",
        "it is async-lock's, which gives the guard itself: no poisoning; \
         https://docs.rs/async-lock/3.5/async_lock/struct.Mutex.html",
    ),
    (
        "nested_run",
        "block_on of a spawned task, in a task, waits for ever; \
         https://github.com/async-rs/async-std/issues/760",
    ),
    (
        "connect_storm",
        "its listener is the standard library's, with a backlog of 128; \
         https://github.com/rust-lang/rust/issues/55614",
    ),
    (
        "oversize_input",
        "an allocation that fails aborts the process; \
         https://doc.rust-lang.org/std/alloc/fn.handle_alloc_error.html",
    ),
    (
        "zero_workers",
        "the variable is raised to one; \
         https://docs.rs/async-global-executor/2.4/src/async_global_executor/\
         config.rs.html",
    ),
];

/// Every task is spawned, and then awaited in turn.
fn all(task: Task) -> Done {
    task::block_on(async {
        let task = |index| task::spawn(async move { task(index) });
        let tasks: Vec<_> = (0..TASKS).map(task).collect();
        for task in tasks {
            task.await?;
        }
        Ok(())
    })
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
            task::spawn(async move { work::one_panics(index) });
        }
        Ok(())
    })
}

pub(crate) fn panic_in_drop() -> Observed {
    failure(|| all(work::one_drops_badly))
}

pub(crate) fn one_task_errors() -> Observed {
    failure(|| all(work::one_errs))
}

pub(crate) fn cancel_midway() -> Observed {
    let tasks = [0, 1].map(|_| task::spawn(async { work::long() }));
    work::await_begun(2);
    ending(|| {
        let left = tasks.map(|task| task::block_on(task.cancel()));
        format!("cancel: {left:?}")
    })
}

pub(crate) fn deadline_cpu_bound() -> Observed {
    ending(|| {
        let compute = async { work::long() };
        let left = task::block_on(timeout(DEADLINE, compute));
        format!("timeout: {left:?}")
    })
}

fn request(address: SocketAddr) -> Done {
    let exchange = async move {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(REQUEST).await?;
        stream.read_exact(&mut [0; REPLY]).await
    };
    task::block_on(io::timeout(TIMEOUT, exchange))?;
    Ok(())
}

pub(crate) fn deadline_io_bound() -> Observed {
    let address = peers::silent();
    reply(|| request(address))
}

pub(crate) fn drop_while_running() -> Observed {
    Observed::absent("there is one executor, which cannot be dropped")
}

pub(crate) fn blocking_in_task() -> Observed {
    for _ in 0..2 {
        task::spawn(async { work::block() });
    }
    work::await_begun(2);
    starving(|| drop(task::spawn(async { measure::neighbour() })))
}

pub(crate) fn panic_holding_lock() -> Observed {
    let accounts = Arc::new(Mutex::new(Accounts::new()));
    let theirs = Arc::clone(&accounts);
    let task = task::spawn(async move { theirs.lock().await.panic_halfway() });
    let _ = panic::catch_unwind(AssertUnwindSafe(|| task::block_on(task)));
    let total = task::block_on(async { accounts.lock().await.total() });
    measure::seen(total, false)
}

pub(crate) fn nested_run() -> Observed {
    answer(|| {
        let outer = task::spawn(async {
            task::block_on(task::spawn(async { work::short(0) }))
        });
        Ok(task::block_on(outer)?)
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
    let listener = task::block_on(TcpListener::bind(LOOPBACK)).unwrap();
    let address = listener.local_addr().unwrap();
    task::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            task::spawn(async move { stream.write_all(GREETING).await });
        }
    });
    peers::storm(address)
}

pub(crate) fn oversize_input() -> Observed {
    answer(|| {
        task::block_on(task::spawn(async { work::oversize() }));
        Ok(())
    })
}

pub(crate) fn zero_workers() -> Observed {
    measure::workers(|| all(work::short))
}

pub(crate) fn worker_sigkill() -> Observed {
    Observed::absent("there are no worker processes here; see processes")
}

pub(crate) fn hundred_runs() -> Observed {
    measure::threads_left(|| all(work::instant))
}
