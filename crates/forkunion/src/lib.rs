//! ForkUnion: loops cut into equal slices, on threads that spin until the next
//! loop. Its core is C++.

lanes_core::cells! { for ForkUnion:
    max::Max,
    double::Double,
    mandelbrot::Mandelbrot,
}

mod rest;

use forkunion::{ThreadPool, Topology};
use lanes_core::{Config, Error, Job, Model, Workload, caught};
use rest::Resting;
use std::cell::Cell;

/// A ForkUnion pool. The caller of a run is one of its workers: a pool of one
/// worker starts no thread that computes. The others spin between two loops;
/// while there is no run for a moment, the pool is put to sleep.
pub struct ForkUnion {
    pool: Resting,
    workers: usize,
}

impl Model for ForkUnion {
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let workers = config.workers();
        let topology = Topology::new().map_err(|_| Error::memory())?;
        let pool = ThreadPool::try_spawn(&topology, workers)
            .map_err(|_| Error::threads())?;
        Ok(Self { pool: Resting::new(pool)?, workers })
    }

    fn name(&self) -> &'static str {
        "forkunion"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

thread_local! {
    /// Whether this thread is within a task, whose run has the pool.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

impl ForkUnion {
    /// Lends the pool to a run, once no other run has it.
    fn drive<T>(
        &self,
        run: impl FnOnce(&mut ThreadPool) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if AT_WORK.get() {
            let why = "a run inside a task, whose run has the pool";
            return Err(Error::Unsupported(why.into()));
        }
        self.pool.lend(|pool| caught(|| run(pool)))
    }
}

/// One step of a loop; a failure stops those that are not done. A panic would
/// reach C++, and abort the process.
fn task<W: Workload, T>(
    job: &Job<W>,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    AT_WORK.set(true);
    let result = job.context().note(caught(work));
    AT_WORK.set(false);
    result
}
