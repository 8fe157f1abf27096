//! paralight: loops over what has an index, on a pool that runs one loop at a
//! time.

lanes_core::cells! { for Paralight:
    max::Max,
    double::Double,
    read::Read,
    shape::Shape,
    phases::Phases,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
}

use lanes_core::{Config, Error, Job, Model, Workload, caught};
use paralight::prelude::{
    CpuPinningPolicy, RangeStrategy, ThreadCount, ThreadPool, ThreadPoolBuilder,
};
use std::cell::Cell;
use std::sync::{Mutex, PoisonError};

/// A paralight pool, whose workers steal from each other. The library has no
/// strategy of its own choice: this is that of its examples, and the one that
/// it recommends for items that are large or uneven. Here an item is a grain.
pub struct Paralight {
    pool: Mutex<ThreadPool>,
    workers: usize,
}

impl Model for Paralight {
    fn start(config: &Config) -> Result<Self, Error> {
        // Where the system refuses a thread, the library panics, and leaves
        // those that it has started.
        config.preflight()?;
        let workers = config.workers();
        let num_threads = ThreadCount::try_from(workers)
            .map_err(|_| Error::Invalid("zero workers".into()))?;
        let builder = ThreadPoolBuilder {
            num_threads,
            range_strategy: RangeStrategy::WorkStealing,
            cpu_pinning: CpuPinningPolicy::No,
        };
        let pool = caught(|| Ok(builder.build()))?;
        Ok(Self { pool: Mutex::new(pool), workers })
    }

    fn name(&self) -> &'static str {
        "paralight"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

thread_local! {
    /// Whether this thread is within a task, whose run has the pool.
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

impl Paralight {
    /// Lends the pool to a run, once no other run has it. The caller waits
    /// outside of it.
    fn drive<T>(
        &self,
        run: impl FnOnce(&mut ThreadPool) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if AT_WORK.get() {
            let why = "a run inside a task, whose run has the pool";
            return Err(Error::Unsupported(why.into()));
        }
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        caught(|| run(&mut pool))
    }
}

/// One item of a loop; a failure stops those that are not done. A panic would
/// end the worker, and a pool that has lost one runs no other loop.
fn task<W: Workload, T>(
    job: &Job<W>,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    AT_WORK.set(true);
    let result = job.context().note(caught(work));
    AT_WORK.set(false);
    result
}
