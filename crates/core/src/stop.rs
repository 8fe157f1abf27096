//! The flag that work looks at, and a token for it that is free to copy.

use crate::sync::{AtomicU8, Mutex, MutexGuard, shared};
use crate::trace::SpanGuard;
use crate::{Error, caught};
use std::sync::atomic::Ordering;
use std::sync::{PoisonError, Weak};

/// A probe or a trace watches each grain.
pub(crate) const WATCHED: u8 = 1;
/// The run was stopped.
pub(crate) const STOPPED: u8 = 2;

/// What can be stopped: a run, as tokens and deadlines see it.
pub(crate) trait Stop: Send + Sync {
    /// Stops the run; the first cause given is the one it ends with.
    fn stop(&self, cause: Error);

    /// Asks who watches before one grain of a task.
    ///
    /// # Errors
    /// The cause of a stop, or else the error of a probe, which stops the run.
    fn look(&self, task: usize) -> Result<(), Error>;

    /// Records that the current thread computes for a task, until the guard is
    /// dropped; nothing is recorded without a trace.
    fn span(&self, task: usize) -> Option<SpanGuard<'_>>;
}

/// A token by which work sees that its run was stopped; free to copy.
///
/// Work of a few nanoseconds cannot pay for a counted handle to its job: the
/// count is one more number that every worker writes. A token is for work that
/// is joined before its run returns, and means nothing afterwards.
#[derive(Clone, Copy)]
pub struct StopToken(&'static Slot);

/// A flag, and the run that it belongs to at the moment.
#[derive(Default)]
struct Slot {
    state: AtomicU8,
    run: Mutex<Option<Weak<dyn Stop>>>,
}

// Slots without a run. They are used again and never freed, so that a token can
// be a plain reference.
shared!(IDLE: Mutex<Vec<&'static Slot>> = Mutex::new(Vec::new()));

/// A claim on a slot, for as long as its run is there.
pub(crate) struct Claim(&'static Slot);

impl Claim {
    pub(crate) fn new(state: u8, run: Weak<dyn Stop>) -> Self {
        let slot = lock(&IDLE).pop();
        let slot = slot.unwrap_or_else(|| Box::leak(Box::default()));
        *lock(&slot.run) = Some(run);
        slot.state.store(state, Ordering::Release);
        Self(slot)
    }

    #[inline]
    pub(crate) fn state(&self) -> &AtomicU8 {
        &self.0.state
    }

    pub(crate) fn token(&self) -> StopToken {
        StopToken(self.0)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        lock(&IDLE).push(self.0);
    }
}

impl StopToken {
    /// Whether the run goes on and neither a probe nor a trace watches: the
    /// grain can be computed at once. Otherwise [`StopToken::watched`] decides.
    #[inline]
    pub(crate) fn is_quiet(self) -> bool {
        is_quiet(&self.0.state)
    }

    /// Whether the run was stopped.
    #[inline]
    pub(crate) fn is_stopped(self) -> bool {
        self.0.state.load(Ordering::Relaxed) & STOPPED != 0
    }

    /// Does one piece of work that is watched: its probe is asked and a span
    /// recorded. `None` if the run was stopped. A panic stops the run and does
    /// not unwind, since a task as small as this cannot return an error, and
    /// an unwinding one would leave behind the tasks that it has started.
    #[cold]
    pub(crate) fn watched<T>(
        self,
        task: usize,
        work: impl FnOnce() -> T,
    ) -> Option<T> {
        // The lock is released before the probe, which may wait.
        let run = lock(&self.0.run).as_ref()?.upgrade()?;
        let watched = || {
            let _span = run.span(task);
            run.look(task)?;
            Ok(work())
        };
        caught(watched).inspect_err(|error| run.stop(error.clone())).ok()
    }
}

/// The look of every grain.
#[inline]
pub(crate) fn is_quiet(state: &AtomicU8) -> bool {
    state.load(Ordering::Relaxed) == 0
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[cfg(not(feature = "loom"))]
mod tests {
    use crate::{Context, Error};

    #[test]
    fn a_token_sees_the_stop_of_its_own_context_only() {
        let (first, second) = (Context::new(), Context::new());
        let (token, other) = (first.token(), second.token());
        assert!(token.is_quiet() && other.is_quiet());
        first.stop(Error::Cancelled);
        assert!(!token.is_quiet() && other.is_quiet());
        assert_eq!(token.watched(0, || 7), None);
    }

    #[test]
    fn a_slot_used_again_starts_fresh() {
        for _ in 0..3 {
            let context = Context::new();
            assert!(context.token().is_quiet());
            context.cancel();
        }
    }
}
