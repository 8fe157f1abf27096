//! What the lock is made of. A test gives it others, to see every interleaving.

use std::sync::PoisonError;
pub(crate) use std::sync::atomic::AtomicBool;
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use std::thread::{ThreadId, current};
use std::time::Duration;

/// Waits for so long at most, and returns whether the time is over. A test has
/// no clock: its waits end when it lets go of the mutex and takes it again.
pub(crate) fn wait_timeout<'a, T>(
    condition: &Condvar,
    _mutex: &'a Mutex<T>,
    guard: MutexGuard<'a, T>,
    limit: Duration,
) -> (MutexGuard<'a, T>, bool) {
    let wait = condition.wait_timeout(guard, limit);
    let (guard, over) = wait.unwrap_or_else(PoisonError::into_inner);
    (guard, over.timed_out())
}
