//! OS threads from the standard library, scoped: one thread for each task.

lanes_core::cells! { for Threads:
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

use lanes_core::scoped::{
    AT_ONCE, affordable, join_all, joined, scoped, spawn_scoped,
};
use lanes_core::{Config, Context, Error, Model};
use std::thread::Scope;

/// Scoped OS threads, started anew for every run.
pub struct Threads {
    workers: usize,
}

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
        scoped(context, run)
    }
}
