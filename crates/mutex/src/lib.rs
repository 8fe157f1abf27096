//! OS threads that take turns under one lock, which is held through everything,
//! waits for I/O included.
//!
//! Every run has a lock of its own, and every step of a task (a stretch of
//! compute, a request with its answer) is one turn. Nothing ever overlaps, so
//! that threads under it are one after the other, and pay for being threads.
//! That is the drawing by which threads under a lock are often explained, made
//! real: what it costs to hold a lock through a wait.

mod sync;
mod turns;

lanes_core::cells! { for Mutex:
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
    shape::Shape,
    phases::Phases,
    nqueens::Nqueens,
    matmul::Matmul,
    sort::Sort,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
}

use lanes_core::scoped::{
    AT_ONCE, affordable, join_all, joined, scoped, spawn_scoped,
};
use lanes_core::trace::State;
use lanes_core::{Config, Context, Error, Model};
use std::thread::Scope;
use turns::Turns;

/// Scoped OS threads, started anew for every run, that take turns.
pub struct Mutex {
    workers: usize,
}

impl Model for Mutex {
    /// No thread is kept: runs start and join their own.
    fn start(config: &Config) -> Result<Self, Error> {
        Ok(Self { workers: config.workers() })
    }

    fn name(&self) -> &'static str {
        "mutex"
    }

    fn workers(&self) -> usize {
        self.workers
    }

    /// The thread that has the lock.
    fn at_once(&self) -> usize {
        1
    }
}

/// The lock of one run: a run within a task of another has its own, and never
/// waits for the one outside.
struct Lock<'a> {
    turns: Turns,
    context: &'a Context,
}

impl<'a> Lock<'a> {
    fn of(context: &'a Context) -> Self {
        Self { turns: Turns::default(), context }
    }

    /// Does one step of a task in one turn. A step that waits for another step
    /// of the same run waits for ever.
    fn hold<T>(&self, task: usize, step: impl FnOnce() -> T) -> T {
        let wait = self.context.span(task, State::Lock);
        let _turn = self.turns.take();
        drop(wait);
        step()
    }
}

impl Mutex {
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
