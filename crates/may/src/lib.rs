//! may: coroutines with stacks of their own, which wait by plain calls, on
//! threads that take them from each other.
//!
//! A stack has 128 KiB of addresses, of which a coroutine takes the two pages
//! that it touches at least; one that needs more ends the process. One
//! scheduler serves the whole process, and its threads never end: the first
//! model decides how many workers there are, and later ones have as many. Each
//! worker is bound to a processor, as the library does by itself. It asks the
//! system what is ready, and takes coroutines from others when it has none, at
//! the latest every 10 ms. One more thread has the timers; it runs a coroutine
//! that it wakes until that waits again, and computes for none of the cells.
//!
//! To start a coroutine is unsafe, although the library's macro does not say so
//! (<https://github.com/Xudong-Huang/may/issues/109>): it may wake up on
//! another thread, so that nothing which belongs to a thread may be kept while
//! it waits.

lanes_core::cells! { for May:
    ring::Ring,
    channel::Channel,
    spawn::Spawn,
    sleepers::Sleepers,
    burst::Burst,
    trickle::Trickle,
    cancel::Cancel,
    echo::Echo,
}

use lanes_core::{
    Config, Error, Job, Model, Workload, caught, panicked, preflight,
};
use may::coroutine::{Builder, Coroutine, JoinHandle, is_coroutine};
use std::sync::OnceLock;

/// How large a stack is, in words of 8 bytes. A panic that prints where it came
/// from needs more than the library's own 4096.
const STACK: usize = 16 << 10;

/// How many stacks the library keeps for the next coroutines.
const KEPT: usize = 1000;

/// What a worker opens: a poller, and what wakes it.
const DESCRIPTORS: usize = 2;

/// The scheduler that may has in a process.
pub struct May {
    workers: usize,
}

impl Model for May {
    /// The scheduler is started once in a process, and stays when the last
    /// model is dropped. Where it has another number of workers than this one
    /// asks for, the model has that number.
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        Ok(Self { workers: scheduler(config.workers())? })
    }

    fn name(&self) -> &'static str {
        "may"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

/// Starts the scheduler if there is none, and returns how many workers it has.
fn scheduler(workers: usize) -> Result<usize, Error> {
    static SCHEDULER: OnceLock<Result<usize, Error>> = OnceLock::new();
    if SCHEDULER.get().is_none() {
        preflight::descriptors(workers.saturating_mul(DESCRIPTORS))?;
        preflight::stacks(KEPT, STACK * size_of::<usize>())?;
    }
    let start = || {
        may::config()
            .set_workers(workers)
            .set_stack_size(STACK)
            .set_pool_capacity(KEPT);
        // The first coroutine starts the threads.
        caught(|| join(spawn(move || Ok(workers))))
    };
    SCHEDULER.get_or_init(start).clone()
}

/// A coroutine, by which it is joined.
type Task<T> = JoinHandle<Result<T, Error>>;

impl May {
    /// The caller starts the coroutines and waits outside of the workers.
    fn drive<W: Workload, T>(
        &self,
        job: &Job<W>,
        run: impl FnOnce(Job<W>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if is_coroutine() {
            // The wait until all are gone would hold its worker.
            let why = "a run inside a coroutine";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(run)
    }
}

/// A coroutine, on the queue of the next worker, which is woken.
#[expect(unsafe_code, reason = "the library cannot see what a task does")]
fn spawn<T: Send + 'static>(
    task: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<Task<T>, Error> {
    // SAFETY: No task keeps what belongs to a thread while it waits: a kernel
    // never waits, and its spans end with it. The stack is large enough for
    // what they call, and a page below it that is not there ends the process.
    let start = || Ok(unsafe { Builder::new().spawn(task) }?);
    // It panics where the system has no memory for another stack.
    caught(start).map_err(|_| Error::memory())
}

/// Ends a coroutine where it waits, by a panic.
#[expect(unsafe_code, reason = "the library cannot see what a task holds")]
fn cancel(task: &Coroutine) {
    // SAFETY: What a task holds while it waits may be dropped, as by a panic.
    unsafe { task.cancel() };
}

/// What a coroutine has left: its result, or its panic.
fn join<T>(task: Result<Task<T>, Error>) -> Result<T, Error> {
    task?.join().unwrap_or_else(|payload| Err(panicked(payload)))
}

/// Waits for every coroutine, also after one has failed.
fn join_all<T>(
    tasks: impl IntoIterator<Item = Result<Task<T>, Error>>,
) -> Result<Vec<T>, Error> {
    let tasks: Vec<_> = tasks.into_iter().collect();
    let results: Vec<_> = tasks.into_iter().map(join).collect();
    results.into_iter().collect()
}
