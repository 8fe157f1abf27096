//! chili: fork-join in which a fork is a call, and work is shared at a
//! heartbeat.

lanes_core::cells! { for Chili:
    max::Max,
    double::Double,
    join::Join,
    fib::Fib,
    shape::Shape,
    phases::Phases,
    skynet::Skynet,
    nqueens::Nqueens,
    uts::Uts,
    matmul::Matmul,
    sort::Sort,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
}

use chili::{Scope, ThreadPool};
use lanes_core::{Config, Error, Model, caught};
use std::num::NonZero;

/// A chili pool of its own, apart from the global one. The caller of a run is
/// one of its workers: a pool of one worker starts no thread that computes.
pub struct Chili {
    pool: ThreadPool,
    workers: usize,
}

impl Model for Chili {
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let workers = config.workers();
        let pool = ThreadPool::with_config(chili::Config {
            thread_count: NonZero::new(workers),
            ..chili::Config::default()
        });
        Ok(Self { pool, workers })
    }

    fn name(&self) -> &'static str {
        "chili"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl Chili {
    /// Runs on the caller's thread, from where the other workers are given
    /// work. A panic must not leave a closure of `join`: the job beside it lies
    /// on the stack that would be unwound. Each is caught where it may happen.
    fn drive<T>(
        &self,
        run: impl FnOnce(&mut Scope<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        caught(|| run(&mut self.pool.scope()))
    }
}
