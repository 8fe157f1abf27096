//! smol: its global executor, as its documentation uses it. The number of
//! threads is that of the variable `SMOL_THREADS`.

use crate::limits;
use crate::measure::{
    self, DEADLINE, Done, TIMEOUT, answer, ending, failure, failures, reply,
    starving,
};
use crate::observed::Observed;
use crate::peers::{self, GREETING, LOOPBACK, REPLY, REQUEST};
use crate::work::{self, Accounts, TASKS, Task};
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::lock::Mutex;
use smol::net::{TcpListener, TcpStream};
use smol::{Executor, Timer, channel, future};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

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
        "a task that is dropped is cancelled, at an await; \
         https://docs.rs/smol/2.0/smol/struct.Task.html",
    ),
    (
        "cancel_midway",
        "it waits until the task has stopped, and stops it at an await; \
         https://docs.rs/smol/2.0/smol/struct.Task.html#method.cancel",
    ),
    (
        "panic_holding_lock",
        "it is async-lock's, which gives the guard itself: no poisoning; \
         https://docs.rs/async-lock/3.5/async_lock/struct.Mutex.html",
    ),
    (
        "thread_limit",
        "it expects each thread of its executor and of async-io to start; \
         https://docs.rs/smol/2.0/src/smol/spawn.rs.html",
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
        "as many threads as SMOL_THREADS says, none for 0; \
         https://docs.rs/smol/2.0/src/smol/spawn.rs.html",
    ),
    (
        "hundred_runs",
        "the global executor is kept for ever; \
         https://docs.rs/smol/2.0/smol/fn.spawn.html",
    ),
];

/// Every task is spawned, and then awaited in turn.
fn all(task: Task) -> Done {
    smol::block_on(async {
        let task = |index| smol::spawn(async move { task(index) });
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
            smol::spawn(async move { work::one_panics(index) }).detach();
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
    let tasks = [0, 1].map(|_| smol::spawn(async { work::long() }));
    work::await_begun(2);
    ending(|| {
        let left = tasks.map(|task| smol::block_on(task.cancel()));
        format!("cancel: {left:?}")
    })
}

/// What smol's own examples write for a timeout.
async fn timeout<T>(
    time: Duration,
    exchange: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    future::or(exchange, async {
        Timer::after(time).await;
        Err(ErrorKind::TimedOut.into())
    })
    .await
}

pub(crate) fn deadline_cpu_bound() -> Observed {
    ending(|| {
        let compute = async {
            work::long();
            Ok(())
        };
        format!("timeout: {:?}", smol::block_on(timeout(DEADLINE, compute)))
    })
}

fn request(address: SocketAddr) -> Done {
    let exchange = async move {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(REQUEST).await?;
        stream.read_exact(&mut [0; REPLY]).await
    };
    smol::block_on(timeout(TIMEOUT, exchange))?;
    Ok(())
}

pub(crate) fn deadline_io_bound() -> Observed {
    let address = peers::silent();
    reply(|| request(address))
}

pub(crate) fn drop_while_running() -> Observed {
    let executor = Arc::new(Executor::new());
    for _ in 0..4 {
        executor.spawn(async { work::long() }).detach();
    }
    let (signal, shutdown) = channel::unbounded::<()>();
    for _ in 0..2 {
        let (executor, shutdown) = (Arc::clone(&executor), shutdown.clone());
        thread::spawn(move || smol::block_on(executor.run(shutdown.recv())));
    }
    work::await_begun(2);
    ending(|| {
        drop((signal, executor));
        "the executor of two threads and four tasks is dropped".to_owned()
    })
}

pub(crate) fn blocking_in_task() -> Observed {
    for _ in 0..2 {
        smol::spawn(async { work::block() }).detach();
    }
    work::await_begun(2);
    starving(|| smol::spawn(async { measure::neighbour() }).detach())
}

pub(crate) fn panic_holding_lock() -> Observed {
    let accounts = Arc::new(Mutex::new(Accounts::new()));
    let theirs = Arc::clone(&accounts);
    let task = smol::spawn(async move { theirs.lock().await.panic_halfway() });
    let _ = panic::catch_unwind(AssertUnwindSafe(|| smol::block_on(task)));
    let total = smol::block_on(async { accounts.lock().await.total() });
    measure::seen(total, false)
}

pub(crate) fn nested_run() -> Observed {
    answer(|| {
        let outer = smol::spawn(async {
            smol::block_on(smol::spawn(async { work::short(0) }))
        });
        Ok(smol::block_on(outer)?)
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
    let listener = smol::block_on(TcpListener::bind(LOOPBACK)).unwrap();
    let address = listener.local_addr().unwrap();
    let accept = async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let greet = async move { stream.write_all(GREETING).await };
            smol::spawn(greet).detach();
        }
    };
    smol::spawn(accept).detach();
    peers::storm(address)
}

pub(crate) fn oversize_input() -> Observed {
    answer(|| {
        smol::block_on(smol::spawn(async { work::oversize() }));
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
