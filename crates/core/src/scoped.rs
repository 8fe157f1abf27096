//! Scoped threads of the standard library, with errors in place of panics and
//! aborts: the models of OS threads start and join their threads with them.

use crate::limits::Limits;
use crate::{Context, Error, caught, panicked, preflight};
use std::thread::{self, Scope, ScopedJoinHandle};

/// Above this many threads at once the system aborts the process, not the run.
const MOST_THREADS: usize = 10_000;

/// The most threads of empty tasks at once: a run that is stopped joins those
/// that it has, which takes some 10 microseconds each.
pub const AT_ONCE: usize = 256;

/// A thread of a run.
pub type Handle<'scope, T> = ScopedJoinHandle<'scope, Result<T, Error>>;

/// Does a run in a scope. Every thread of the scope has ended when this
/// returns; a failure stops those that still run.
///
/// # Errors
/// That of `run`, or its panic.
pub fn scoped<'env, T, F>(context: &Context, run: F) -> Result<T, Error>
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> Result<T, Error>,
{
    caught(|| thread::scope(|scope| context.note(run(scope))))
}

/// Starts a thread. `Scope::spawn` panics where the system has no more threads;
/// a builder returns an error.
///
/// # Errors
/// [`Error::Resource`] if the system refuses.
pub fn spawn_scoped<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> Result<T, Error> + Send + 'scope,
) -> Result<Handle<'scope, T>, Error> {
    preflight::stacks(1, preflight::STACK)?;
    Ok(thread::Builder::new().spawn_scoped(scope, work)?)
}

/// What a thread has left when it is joined: its result, or its panic with the
/// message that `thread::scope` would lose.
///
/// # Errors
/// That of the thread, or its panic.
pub fn joined<T>(left: thread::Result<Result<T, Error>>) -> Result<T, Error> {
    left.unwrap_or_else(|payload| Err(panicked(payload)))
}

/// Joins every thread, also after one has failed, and returns their results in
/// order.
///
/// # Errors
/// The first one of [`joined`], in the order of the threads.
pub fn join_all<T>(threads: Vec<Handle<'_, T>>) -> Result<Vec<T>, Error> {
    let join = |thread: Handle<'_, T>| joined(thread.join());
    let results: Vec<_> = threads.into_iter().map(join).collect();
    results.into_iter().collect()
}

/// What a thread that waits takes of the memory, in its program and in the
/// system.
const THREAD_BYTES: usize = 32 << 10;

/// Makes sure that a run does not need more threads at once than the system
/// gives. For a few the system is not asked: it refuses them by itself, and
/// then nobody else goes without.
///
/// # Errors
/// [`Error::Unsupported`] if it needs more than 10,000; [`Error::Resource`] for
/// more than the system lets this process have, or than fit its memory.
pub fn affordable(threads: usize) -> Result<(), Error> {
    if threads > MOST_THREADS {
        return Err(Error::Unsupported(format!(
            "a thread each for {threads} tasks; at most {MOST_THREADS}"
        )));
    }
    if threads <= AT_ONCE {
        return Ok(());
    }
    preflight::memory(threads, THREAD_BYTES)?;
    let most = Limits::here().threads;
    if most.is_some_and(|most| threads as u64 > most) {
        return Err(Error::threads());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn every_thread_is_joined_also_after_a_panic() {
        let ended = AtomicUsize::new(0);
        let context = Context::new();
        let result = scoped(&context, |scope| {
            let work = |task: usize| {
                let ended = &ended;
                spawn_scoped(scope, move || {
                    ended.fetch_add(1, Ordering::Relaxed);
                    assert_ne!(task, 1, "the second one");
                    Ok(task)
                })
            };
            join_all((0..3).map(work).collect::<Result<_, _>>()?)
        });
        let Err(Error::Panicked(why)) = result else { panic!("{result:?}") };
        assert!(why.contains("the second one"), "{why}");
        assert_eq!(ended.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn results_come_in_the_order_of_the_threads() {
        let found = scoped(&Context::new(), |scope| {
            let start = |task| spawn_scoped(scope, move || Ok(task));
            join_all((0..3).map(start).collect::<Result<_, _>>()?)
        });
        assert_eq!(found, Ok(vec![0, 1, 2]));
        assert_eq!(affordable(MOST_THREADS), Ok(()));
        let refused = affordable(MOST_THREADS + 1);
        assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
    }
}
