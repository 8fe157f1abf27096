//! orx-parallel: iterators that the threads of a pool pull items from together.

lanes_core::cells! { for OrxParallel:
    max::Max,
    double::Double,
    read::Read,
    shape::Shape,
    phases::Phases,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
}

mod pool;

use lanes_core::{Config, Error, Job, Model, Workload, caught};
use pool::Pool;
use std::cell::Cell;

/// A pool of the library, whose threads stay. It never has more of them than
/// the machine has processors: a model of more workers starts them for each
/// run, as the library's other pool does.
pub struct OrxParallel {
    pool: Pool,
    workers: usize,
}

impl Model for OrxParallel {
    fn start(config: &Config) -> Result<Self, Error> {
        // Where the system refuses a thread, the library panics, and leaves
        // those that it has started.
        config.preflight()?;
        let workers = config.workers();
        let pool = caught(|| Ok(Pool::new(workers)))?;
        Ok(Self { pool, workers })
    }

    fn name(&self) -> &'static str {
        "orx-parallel"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

thread_local! {
    /// Whether this thread is within a task.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// The caller of a run waits outside of the pool until its threads are done.
fn apart<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    if AT_WORK.get() {
        // The worker would wait for tasks that are queued behind its own.
        let why = "a run inside a task, which would wait for its worker";
        return Err(Error::Unsupported(why.into()));
    }
    caught(run)
}

/// One item of an iterator; a failure stops those that are not done. The pool
/// would rethrow a panic, once all other items were done.
fn task<W: Workload, T>(
    job: &Job<W>,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    AT_WORK.set(true);
    let result = job.context().note(caught(work));
    AT_WORK.set(false);
    result
}
