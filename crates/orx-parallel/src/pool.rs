//! The threads of the model: those that a pool of the library keeps, or more
//! than it ever keeps, started for each run.

use orx_parallel::ThreadPool;
use orx_parallel::pools::BasicPool;
use std::num::NonZero;
use std::thread;

pub(crate) enum Pool {
    /// Threads that stay, at most as many as the machine has processors.
    Kept(BasicPool),
    /// Threads of each run.
    Started(Started),
}

impl Pool {
    pub(crate) fn new(workers: usize) -> Self {
        let kept = BasicPool::new(workers);
        match NonZero::new(workers) {
            Some(more) if more > kept.max_num_threads() => {
                Self::Started(Started(more))
            }
            _ => Self::Kept(kept),
        }
    }
}

/// Calls for the pool, whichever it is: they are of different types.
macro_rules! with_pool {
    ($model:expr, |$pool:ident| $run:expr) => {
        match &$model.pool {
            $crate::pool::Pool::Kept($pool) => $crate::apart(|| $run),
            $crate::pool::Pool::Started($pool) => $crate::apart(|| $run),
        }
    };
}
pub(crate) use with_pool;

/// So many threads, scoped, which start and end with each run. It is what the
/// library's `OncePool` does, with as many threads as are asked for.
pub(crate) struct Started(NonZero<usize>);

impl ThreadPool for &Started {
    type ScopeRef<'s, 'env, 'scope>
        = &'s thread::Scope<'s, 'env>
    where
        'scope: 's,
        'env: 'scope + 's;

    fn scope<'env, 'scope, F>(&'env self, run: F)
    where
        'env: 'scope,
        for<'s> F: FnOnce(&'s thread::Scope<'s, 'env>) + Send,
    {
        thread::scope(run);
    }

    fn max_num_threads(&self) -> NonZero<usize> {
        self.0
    }
}
