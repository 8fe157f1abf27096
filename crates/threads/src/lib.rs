//! OS threads from the standard library, scoped: one thread for each task.

lanes_core::cells! { for Threads:
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    counter::Counter,
    event::Event,
    spawn::Spawn,
    fib::Fib,
}

use lanes_core::{Config, Context, Error, Model, caught};
use std::thread::{self, Scope, ScopedJoinHandle};

/// Scoped OS threads, started anew for every run.
pub struct Threads {
    workers: usize,
}

/// Above this many threads at once the system aborts the process, not the run.
const MOST_THREADS: usize = 10_000;

impl Model for Threads {
    /// No thread is kept: runs start and join their own.
    fn start(config: &Config) -> Result<Self, Error> {
        Ok(Self { workers: config.workers() })
    }

    fn name(&self) -> &'static str {
        "threads"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl Threads {
    /// Every thread of the scope is joined when this returns; a failure stops
    /// those that still run.
    fn drive<'env, T>(
        &self,
        context: &Context,
        run: impl for<'scope> FnOnce(
            &'scope Scope<'scope, 'env>,
        ) -> Result<T, Error>,
    ) -> Result<T, Error> {
        caught(|| thread::scope(|scope| context.note(run(scope))))
    }
}

type Handle<'scope, T> = ScopedJoinHandle<'scope, Result<T, Error>>;

/// `Scope::spawn` panics where the system has no more threads, so that a
/// builder starts them.
fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> Result<T, Error> + Send + 'scope,
) -> Result<Handle<'scope, T>, Error> {
    Ok(thread::Builder::new().spawn_scoped(scope, work)?)
}

/// `thread::scope` would lose the message of a panic: a join has it.
fn join<T>(thread: Handle<'_, T>) -> Result<T, Error> {
    thread.join().unwrap_or_else(|payload| Err(Error::panicked(&*payload)))
}

/// Joins every thread, also after one has failed.
fn join_all<T>(threads: Vec<Handle<'_, T>>) -> Result<Vec<T>, Error> {
    let results: Vec<_> = threads.into_iter().map(join).collect();
    results.into_iter().collect()
}

fn affordable(threads: usize) -> Result<(), Error> {
    if threads <= MOST_THREADS {
        return Ok(());
    }
    Err(Error::Unsupported(format!(
        "a thread each for {threads} tasks; at most {MOST_THREADS}"
    )))
}
