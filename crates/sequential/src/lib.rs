//! The yardstick: every workload on the caller's thread, one step after the
//! other.

lanes_core::cells! { for Sequential:
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

use lanes_core::{Config, Error, Model, caught};

/// No concurrency at all: the caller's thread is the one worker.
pub struct Sequential {
    workers: usize,
}

impl Model for Sequential {
    /// Whatever is asked for, there is one worker.
    fn start(_config: &Config) -> Result<Self, Error> {
        Ok(Self { workers: 1 })
    }

    fn name(&self) -> &'static str {
        "sequential"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl Sequential {
    fn drive<T>(
        &self,
        run: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        caught(run)
    }
}
