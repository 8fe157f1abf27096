//! OS threads under a global interpreter lock.
//!
//! One thread computes at a time, as in CPython; a thread lets go of the lock
//! around every wait, and passes it on between two grains of compute when
//! another thread has waited for it for an interval. Waits overlap, and compute
//! does not.
//!
//! [`GlobalLock`] is the lock, as a library of its own. [`Gil`] runs the
//! workloads in threads under one.

mod global_lock;
mod sync;

lanes_core::cells! { for Gil:
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

pub use global_lock::{Ended, GlobalLock, Held, Options, Slice, Statistics};

use lanes_core::scoped::{
    AT_ONCE, Handle, affordable, join_all, joined, scoped, spawn_scoped,
};
use lanes_core::trace::State;
use lanes_core::{Config, Context, Error, Model, Turn};
use std::sync::Arc;
use std::thread::Scope;

/// Scoped OS threads, started anew for every run, under one lock for all runs
/// of this model: it is the interpreter.
pub struct Gil {
    workers: usize,
    lock: Arc<GlobalLock>,
}

impl Model for Gil {
    /// No thread is kept: runs start and join their own.
    fn start(config: &Config) -> Result<Self, Error> {
        Self::with(Options::default(), config)
    }

    fn name(&self) -> &'static str {
        "gil"
    }

    fn workers(&self) -> usize {
        self.workers
    }

    /// The thread that has the lock.
    fn at_once(&self) -> usize {
        1
    }
}

impl Gil {
    /// The model with a lock of another interval, or one that forces no switch.
    ///
    /// # Errors
    /// Those of [`GlobalLock::new`].
    pub fn with(options: Options, config: &Config) -> Result<Self, Error> {
        let lock = GlobalLock::new(options)?;
        Ok(Self { workers: config.workers(), lock })
    }

    /// The lock, with its statistics.
    pub fn lock(&self) -> &Arc<GlobalLock> {
        &self.lock
    }

    /// A run in threads under the lock.
    fn interpreter(&self, context: &Context) -> Interpreter {
        let lock = Arc::clone(&self.lock);
        let turn = Arc::clone(&self.lock) as Arc<dyn Turn>;
        Interpreter { lock, context: context.in_turns(turn) }
    }
}

/// The threads of one run, and the lock that they share with those of others.
struct Interpreter {
    lock: Arc<GlobalLock>,
    context: Context,
}

impl Interpreter {
    /// The context of the run, under which the kernels pass the lock on.
    fn context(&self) -> &Context {
        &self.context
    }

    /// Every thread of the scope is joined when this returns; a failure stops
    /// those that still run. The caller does not have the lock, unless it is
    /// itself a thread under it: that one lets go while it waits.
    fn drive<'env, T>(
        &self,
        run: impl for<'scope> FnOnce(
            &'scope Scope<'scope, 'env>,
        ) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let run = || scoped(&self.context, run);
        if self.lock.is_mine() { self.lock.allow_threads(run) } else { run() }
    }

    /// Starts a thread that has the lock while it works.
    fn spawn_scoped<'scope, T: Send + 'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        task: usize,
        work: impl FnOnce() -> Result<T, Error> + Send + 'scope,
    ) -> Result<Handle<'scope, T>, Error> {
        spawn_scoped(scope, move || {
            let wait = self.context.span(task, State::Lock);
            let _held = self.lock.hold();
            drop(wait);
            work()
        })
    }

    /// Does some work without the lock, which others have meanwhile, and waits
    /// until it has it again.
    fn allow_threads<T>(&self, task: usize, work: impl FnOnce() -> T) -> T {
        // The span begins when the work has ended, and ends when the lock is
        // there.
        let (result, _wait) = self.lock.allow_threads(|| {
            let result = work();
            (result, self.context.span(task, State::Lock))
        });
        result
    }

    /// Passes the lock on if another thread asks for it: between two steps that
    /// an interpreter would look between, and no kernel does.
    fn checkpoint(&self, task: usize) {
        if self.lock.is_wanted() {
            let _wait = self.context.span(task, State::Lock);
            self.lock.checkpoint();
        }
    }
}
