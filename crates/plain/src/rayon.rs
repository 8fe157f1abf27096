//! rayon: a pool and parallel iterators, as its documentation uses them.

use crate::limits;
use crate::measure::{
    self, DEADLINE, Done, TIMEOUT, answer, ending, failure, failures, reply,
    starving,
};
use crate::observed::Observed;
use crate::peers::{self, GREETING, LOOPBACK, REPLY, REQUEST};
use crate::work::{self, Accounts, TASKS, Task};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::mpsc;

/// What is documented, by case.
pub(crate) const NOTES: &[(&str, &str)] = &[
    (
        "one_task_panics",
        "the panic is propagated, once its siblings are done; \
         https://docs.rs/rayon/1.12/rayon/fn.join.html#panics",
    ),
    (
        "all_tasks_panic",
        "that of the first closure of a join is propagated; \
         https://docs.rs/rayon/1.12/rayon/fn.join.html#panics",
    ),
    (
        "detached_task_panics",
        "without a panic handler, the process aborts; \
         https://docs.rs/rayon/1.12/rayon/struct.ThreadPoolBuilder.html#\
         method.panic_handler",
    ),
    (
        "panic_in_drop",
        "a payload that is caught may panic again where it is dropped; \
         https://github.com/rust-lang/rust/issues/86027",
    ),
    (
        "one_task_errors",
        "it stops as soon as possible, and those that run are not stopped; \
         https://docs.rs/rayon/1.12/rayon/iter/trait.ParallelIterator.html#\
         method.try_for_each",
    ),
    (
        "drop_while_running",
        "the threads complete what was spawned; the drop waits for none; \
         https://docs.rs/rayon/1.12/rayon/struct.ThreadPool.html",
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
    (
        "zero_workers",
        "RAYON_NUM_THREADS, or else the number of processors; \
         https://docs.rs/rayon/1.12/rayon/struct.ThreadPoolBuilder.html#\
         method.num_threads",
    ),
    (
        "hundred_runs",
        "the threads end some time after the pool was dropped; \
         https://github.com/rayon-rs/rayon/issues/688",
    ),
];

fn pool(workers: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(workers).build()
}

/// Every task is an item of a parallel iterator.
fn all(pool: &ThreadPool, task: Task) -> Done {
    pool.install(|| (0..TASKS).into_par_iter().try_for_each(task))?;
    Ok(())
}

pub(crate) fn one_task_panics() -> Observed {
    let pool = pool(2).unwrap();
    failure(|| all(&pool, work::one_panics))
}

pub(crate) fn all_tasks_panic() -> Observed {
    let pool = pool(2).unwrap();
    failures(|| all(&pool, work::all_panic))
}

pub(crate) fn detached_task_panics() -> Observed {
    let pool = pool(2).unwrap();
    failure(|| {
        for index in 0..TASKS {
            pool.spawn(move || work::one_panics(index).unwrap());
        }
        Ok(())
    })
}

pub(crate) fn panic_in_drop() -> Observed {
    let pool = pool(2).unwrap();
    failure(|| all(&pool, work::one_drops_badly))
}

pub(crate) fn one_task_errors() -> Observed {
    let pool = pool(2).unwrap();
    failure(|| all(&pool, work::one_errs))
}

pub(crate) fn cancel_midway() -> Observed {
    let pool = pool(2).unwrap();
    ending(|| {
        pool.scope(|scope| {
            scope.spawn(|_| work::long());
            scope.spawn(|_| work::long());
        });
        "there is no cancel; the scope is left".to_owned()
    })
}

pub(crate) fn deadline_cpu_bound() -> Observed {
    let pool = pool(2).unwrap();
    let (sender, receiver) = mpsc::channel();
    ending(|| {
        pool.spawn(move || {
            work::long();
            // Nobody receives it any more.
            let _ = sender.send(());
        });
        format!("recv_timeout: {:?}", receiver.recv_timeout(DEADLINE))
    })
}

/// A request of a task: rayon has no I/O, and takes the standard library's.
fn request(pool: &ThreadPool, address: SocketAddr) -> Done {
    pool.install(|| {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.write_all(REQUEST)?;
        stream.read_exact(&mut [0; REPLY])?;
        Ok(())
    })
}

pub(crate) fn deadline_io_bound() -> Observed {
    let (address, pool) = (peers::silent(), pool(2).unwrap());
    reply(|| request(&pool, address))
}

pub(crate) fn drop_while_running() -> Observed {
    let pool = pool(2).unwrap();
    for _ in 0..4 {
        pool.spawn(work::long);
    }
    work::await_begun(2);
    ending(|| {
        drop(pool);
        "the pool of two workers and four tasks is dropped".to_owned()
    })
}

pub(crate) fn blocking_in_task() -> Observed {
    let pool = pool(2).unwrap();
    for _ in 0..2 {
        pool.spawn(work::block);
    }
    work::await_begun(2);
    starving(|| pool.spawn(measure::neighbour))
}

pub(crate) fn panic_holding_lock() -> Observed {
    let pool = pool(2).unwrap();
    let accounts = Mutex::new(Accounts::new());
    let task = || accounts.lock().unwrap().panic_halfway();
    let _ = panic::catch_unwind(AssertUnwindSafe(|| pool.install(task)));
    pool.install(|| match accounts.lock() {
        Ok(accounts) => measure::seen(accounts.total(), false),
        Err(poisoned) => measure::seen(poisoned.get_ref().total(), true),
    })
}

pub(crate) fn nested_run() -> Observed {
    let pool = pool(1).unwrap();
    answer(|| pool.install(|| all(&pool, work::short)))
}

pub(crate) fn thread_limit() -> Observed {
    limits::threads();
    answer(|| all(&pool(8)?, work::blocks))
}

pub(crate) fn fd_limit() -> Observed {
    let (address, pool) = (peers::polite(), pool(2).unwrap());
    request(&pool, address).expect("descriptors for a first request");
    let _used = limits::descriptors();
    reply(|| request(&pool, address))
}

pub(crate) fn peer_reset() -> Observed {
    let (address, pool) = (peers::resetting(), pool(2).unwrap());
    reply(|| request(&pool, address))
}

pub(crate) fn early_close() -> Observed {
    let (address, pool) = (peers::halfway(), pool(2).unwrap());
    reply(|| request(&pool, address))
}

pub(crate) fn slow_drip() -> Observed {
    let (address, pool) = (peers::dripping(), pool(2).unwrap());
    reply(|| request(&pool, address))
}

pub(crate) fn connect_storm() -> Observed {
    let listener = TcpListener::bind(LOOPBACK).unwrap();
    let address = listener.local_addr().unwrap();
    let pool = pool(2).unwrap();
    pool.spawn(move || {
        for mut stream in listener.incoming().flatten() {
            rayon::spawn(move || stream.write_all(GREETING).unwrap());
        }
    });
    peers::storm(address)
}

pub(crate) fn oversize_input() -> Observed {
    let pool = pool(2).unwrap();
    answer(|| {
        pool.install(work::oversize);
        Ok(())
    })
}

pub(crate) fn zero_workers() -> Observed {
    measure::workers(|| all(&pool(0)?, work::short))
}

pub(crate) fn worker_sigkill() -> Observed {
    Observed::absent("there are no worker processes; see processes")
}

pub(crate) fn hundred_runs() -> Observed {
    measure::threads_left(|| all(&pool(2)?, work::instant))
}
