//! tokio: a multi-threaded runtime, as its documentation uses it.

use crate::limits;
use crate::measure::{
    self, DEADLINE, Done, TIMEOUT, answer, ending, failure, failures, reply,
    starving,
};
use crate::observed::Observed;
use crate::peers::{self, GREETING, LOOPBACK, REPLY, REQUEST};
use crate::work::{self, Accounts, TASKS, Task};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// What is documented, by case.
pub(crate) const NOTES: &[(&str, &str)] = &[
    (
        "one_task_panics",
        "the JoinError of the handle has the payload; \
         https://docs.rs/tokio/1.54/tokio/task/struct.JoinError.html",
    ),
    (
        "detached_task_panics",
        "a panic is forwarded to the handle and nowhere else; \
         https://docs.rs/tokio/1.54/tokio/runtime/enum.UnhandledPanic.html",
    ),
    (
        "panic_in_drop",
        "a payload that is caught may panic again where it is dropped; \
         https://github.com/rust-lang/rust/issues/86027",
    ),
    (
        "one_task_errors",
        "a handle that is dropped detaches its task; \
         https://docs.rs/tokio/1.54/tokio/task/struct.JoinHandle.html",
    ),
    (
        "cancel_midway",
        "abort stops a task at its next await; \
         https://docs.rs/tokio/1.54/tokio/task/index.html#cancellation",
    ),
    (
        "deadline_cpu_bound",
        "a future that does not yield may exceed it without an error; \
         https://docs.rs/tokio/1.54/tokio/time/fn.timeout.html",
    ),
    (
        "drop_while_running",
        "the drop waits for what runs until it yields; \
         https://docs.rs/tokio/1.54/tokio/runtime/struct.Runtime.html#shutdown",
    ),
    (
        "blocking_in_task",
        "a task that blocks can halt others; \
         https://github.com/tokio-rs/tokio/issues/4730",
    ),
    (
        "panic_holding_lock",
        "the mutex is not poisoned; \
         https://docs.rs/tokio/1.54/tokio/sync/struct.Mutex.html",
    ),
    (
        "nested_run",
        "block_on panics within a runtime; \
         https://docs.rs/tokio/1.54/tokio/runtime/struct.Handle.html#method.\
         block_on",
    ),
    (
        "thread_limit",
        "the builder panics; the drop of what it has begun then waits; \
         https://github.com/tokio-rs/tokio/issues/6167",
    ),
    (
        "connect_storm",
        "bind listens with 128 as the standard library; TcpSocket may choose; \
         https://docs.rs/tokio/1.54/tokio/net/struct.TcpSocket.html#method.\
         listen",
    ),
    (
        "oversize_input",
        "an allocation that fails aborts the process; \
         https://doc.rust-lang.org/std/alloc/fn.handle_alloc_error.html",
    ),
    (
        "zero_workers",
        "worker_threads panics; \
         https://docs.rs/tokio/1.54/tokio/runtime/struct.Builder.html#method.\
         worker_threads",
    ),
];

fn runtime(workers: usize) -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(workers).enable_all().build()
}

/// Every task is spawned, and then awaited in turn.
fn all(runtime: &Runtime, task: Task) -> Done {
    runtime.block_on(async {
        let task = |index| tokio::spawn(async move { task(index) });
        let tasks: Vec<_> = (0..TASKS).map(task).collect();
        for task in tasks {
            task.await??;
        }
        Ok(())
    })
}

pub(crate) fn one_task_panics() -> Observed {
    let runtime = runtime(2).unwrap();
    failure(|| all(&runtime, work::one_panics))
}

pub(crate) fn all_tasks_panic() -> Observed {
    let runtime = runtime(2).unwrap();
    failures(|| all(&runtime, work::all_panic))
}

pub(crate) fn detached_task_panics() -> Observed {
    let runtime = runtime(2).unwrap();
    failure(|| {
        for index in 0..TASKS {
            runtime.spawn(async move { work::one_panics(index) });
        }
        Ok(())
    })
}

pub(crate) fn panic_in_drop() -> Observed {
    let runtime = runtime(2).unwrap();
    failure(|| all(&runtime, work::one_drops_badly))
}

pub(crate) fn one_task_errors() -> Observed {
    let runtime = runtime(2).unwrap();
    failure(|| all(&runtime, work::one_errs))
}

pub(crate) fn cancel_midway() -> Observed {
    let runtime = runtime(2).unwrap();
    let tasks = [0, 1].map(|_| runtime.spawn(async { work::long() }));
    work::await_begun(2);
    ending(|| {
        tasks.iter().for_each(|task| task.abort());
        let left = tasks.map(|task| runtime.block_on(task));
        format!("abort and await: {left:?}")
    })
}

pub(crate) fn deadline_cpu_bound() -> Observed {
    let runtime = runtime(2).unwrap();
    ending(|| {
        let compute = async { work::long() };
        let left = runtime.block_on(async { timeout(DEADLINE, compute).await });
        format!("timeout: {left:?}")
    })
}

fn request(runtime: &Runtime, address: SocketAddr) -> Done {
    let exchange = async move {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(REQUEST).await?;
        stream.read_exact(&mut [0; REPLY]).await
    };
    let timed = async { timeout(TIMEOUT, exchange).await };
    runtime.block_on(timed)??;
    Ok(())
}

pub(crate) fn deadline_io_bound() -> Observed {
    let (address, runtime) = (peers::silent(), runtime(2).unwrap());
    reply(|| request(&runtime, address))
}

pub(crate) fn drop_while_running() -> Observed {
    let runtime = runtime(2).unwrap();
    for _ in 0..4 {
        runtime.spawn(async { work::long() });
    }
    work::await_begun(2);
    ending(|| {
        drop(runtime);
        "the runtime of two workers and four tasks is dropped".to_owned()
    })
}

pub(crate) fn blocking_in_task() -> Observed {
    let runtime = runtime(2).unwrap();
    for _ in 0..2 {
        runtime.spawn(async { work::block() });
    }
    work::await_begun(2);
    starving(|| drop(runtime.spawn(async { measure::neighbour() })))
}

pub(crate) fn panic_holding_lock() -> Observed {
    let runtime = runtime(2).unwrap();
    let accounts = Arc::new(Mutex::new(Accounts::new()));
    let theirs = Arc::clone(&accounts);
    let task = async move { theirs.lock().await.panic_halfway() };
    let _ = runtime.block_on(runtime.spawn(task));
    let total = runtime.block_on(async { accounts.lock().await.total() });
    measure::seen(total, false)
}

pub(crate) fn nested_run() -> Observed {
    let runtime = runtime(1).unwrap();
    answer(|| {
        let outer = runtime.spawn(async {
            let inner = tokio::spawn(async { work::short(0) });
            Handle::current().block_on(inner)
        });
        Ok(runtime.block_on(outer)???)
    })
}

pub(crate) fn thread_limit() -> Observed {
    limits::threads();
    answer(|| all(&runtime(8)?, work::blocks))
}

pub(crate) fn fd_limit() -> Observed {
    let (address, runtime) = (peers::polite(), runtime(2).unwrap());
    request(&runtime, address).expect("descriptors for a first request");
    let _used = limits::descriptors();
    reply(|| request(&runtime, address))
}

pub(crate) fn peer_reset() -> Observed {
    let (address, runtime) = (peers::resetting(), runtime(2).unwrap());
    reply(|| request(&runtime, address))
}

pub(crate) fn early_close() -> Observed {
    let (address, runtime) = (peers::halfway(), runtime(2).unwrap());
    reply(|| request(&runtime, address))
}

pub(crate) fn slow_drip() -> Observed {
    let (address, runtime) = (peers::dripping(), runtime(2).unwrap());
    reply(|| request(&runtime, address))
}

pub(crate) fn connect_storm() -> Observed {
    let runtime = runtime(2).unwrap();
    let listener = runtime.block_on(TcpListener::bind(LOOPBACK)).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move { stream.write_all(GREETING).await });
        }
    });
    peers::storm(address)
}

pub(crate) fn oversize_input() -> Observed {
    let runtime = runtime(2).unwrap();
    answer(|| {
        let task = runtime.spawn(async { work::oversize() });
        Ok(runtime.block_on(task)?)
    })
}

pub(crate) fn zero_workers() -> Observed {
    measure::workers(|| all(&runtime(0)?, work::short))
}

pub(crate) fn worker_sigkill() -> Observed {
    Observed::absent("there are no worker processes here; see processes")
}

pub(crate) fn hundred_runs() -> Observed {
    measure::threads_left(|| all(&runtime(2)?, work::instant))
}
