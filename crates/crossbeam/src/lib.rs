//! A pool of threads built from crossbeam's deques, channels and parker.

pub mod executor;
mod sync;

lanes_core::cells! { for Crossbeam:
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    counter::Counter,
    dictionary::Dictionary,
    event::Event,
    ring::Ring,
    channel::Channel,
    pipeline::Pipeline,
    philosophers::Philosophers,
    spawn::Spawn,
    fib::Fib,
    shape::Shape,
    pool::Pool,
    phases::Phases,
    skynet::Skynet,
    nqueens::Nqueens,
    uts::Uts,
    matmul::Matmul,
    sort::Sort,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
    sleepers::Sleepers,
    burst::Burst,
    trickle::Trickle,
    cancel::Cancel,
    echo::Echo,
}

use executor::Pool;
use lanes_core::{Config, Error, Job, Model, Workload};

/// A work-stealing pool made of crossbeam's parts.
pub struct Crossbeam {
    pool: Pool,
    workers: usize,
}

impl Model for Crossbeam {
    fn start(config: &Config) -> Result<Self, Error> {
        let pool = Pool::start(config.workers())?;
        Ok(Self { pool, workers: config.workers() })
    }

    fn name(&self) -> &'static str {
        "crossbeam"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl Crossbeam {
    /// Runs on a worker of the pool, while the caller waits outside of it. A
    /// failure stops the tasks that are not joined, and this waits until they
    /// have ended.
    fn drive<W: Workload, T: Send + 'static>(
        &self,
        job: &Job<W>,
        run: impl FnOnce(Job<W>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        job.settled(|job| self.pool.spawn(move || run(job)).join())
    }
}
