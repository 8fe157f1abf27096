//! The threads of the model: those that a pool of the library keeps, or more
//! than it ever keeps, started for each run.

use orx_parallel::pools::{BasicPool, Scope};
use orx_parallel::ThreadPool;
use std::num::NonZero;
use std::thread;

pub(crate) enum Pool {
    /// Threads that stay, at most as many as the machine has processors.
    Kept(BasicPool),
    /// So many threads of each run.
    Started(NonZero<usize>),
}

impl Pool {
    pub(crate) fn new(workers: usize) -> Self {
        let kept = BasicPool::new(workers);
        match NonZero::new(workers) {
            Some(more) if more > kept.max_num_threads() => Self::Started(more),
            _ => Self::Kept(kept),
        }
    }
}

impl ThreadPool for &Pool {
    type ScopeRef<'s, 'env, 'scope>
        = Spawner<'s, 'env, 'scope>
    where
        'scope: 's,
        'env: 'scope + 's;

    fn scope<'env, 'scope, F>(&'env self, run: F)
    where
        'env: 'scope,
        for<'s> F: FnOnce(Spawner<'s, 'env, 'scope>) + Send,
    {
        match self {
            Pool::Kept(pool) => pool.scope(|scope| run(Spawner::Kept(scope))),
            Pool::Started(_) => {
                thread::scope(|scope| run(Spawner::Started(scope)));
            }
        }
    }

    fn max_num_threads(&self) -> NonZero<usize> {
        match self {
            Pool::Kept(pool) => pool.max_num_threads(),
            Pool::Started(threads) => *threads,
        }
    }
}

/// What gives work to the threads of a run.
#[derive(Clone, Copy)]
pub(crate) enum Spawner<'s, 'env: 'scope + 's, 'scope: 's> {
    Kept(<BasicPool as ThreadPool>::ScopeRef<'s, 'env, 'scope>),
    Started(&'s thread::Scope<'s, 'env>),
}

impl<'s, 'env, 'scope> Scope<'s, 'env, 'scope> for Spawner<'s, 'env, 'scope> {
    fn run<W>(self, work: W)
    where
        'scope: 's,
        'env: 'scope + 's,
        W: FnOnce() + Send + 'scope + 'env,
    {
        match self {
            Self::Kept(scope) => Scope::run(scope, work),
            Self::Started(scope) => Scope::run(scope, work),
        }
    }
}
