//! The flag that work looks at, and a token for it that is free to copy.

use crate::sync::{AtomicU8, AtomicU32, Mutex, MutexGuard, shared};
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
    /// Work of this size or more forks, if nobody watches; see
    /// [`StopToken::forking_from`].
    cutoff: AtomicU32,
    /// The same, or [`NEVER`] once the run is watched or was stopped: one load
    /// answers whether to fork.
    forks_from: AtomicU32,
    run: Mutex<Option<Weak<dyn Stop>>>,
}

/// No work is so large.
const NEVER: u32 = u32::MAX;

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
        slot.forks_from.store(NEVER, Ordering::Relaxed);
        slot.state.store(state, Ordering::Release);
        Self(slot)
    }

    #[inline]
    pub(crate) fn state(&self) -> &AtomicU8 {
        &self.0.state
    }

    /// Raises the flag.
    pub(crate) fn stop(&self) {
        self.0.state.fetch_or(STOPPED, Ordering::AcqRel);
        self.0.forks_from.store(NEVER, Ordering::Relaxed);
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

    /// A token of the same run for work that forks from this size on. A run has
    /// one such size at a time.
    pub(crate) fn forking_from(self, size: u32) -> Self {
        self.0.cutoff.store(size, Ordering::Relaxed);
        self.0.forks_from.store(size, Ordering::Relaxed);
        // Both write the state, so that one comes first: a stop at the same
        // moment is seen here, or it sees this size and writes over it.
        if self.0.state.fetch_or(0, Ordering::AcqRel) != 0 {
            self.0.forks_from.store(NEVER, Ordering::Relaxed);
        }
        self
    }

    /// Whether work of this size forks at once: it is large enough, the run
    /// goes on, and nobody watches.
    #[inline]
    pub(crate) fn forks(self, size: u32) -> bool {
        size >= self.0.forks_from.load(Ordering::Relaxed)
    }

    /// Whether work of this size forks, watched or not.
    pub(crate) fn is_large(self, size: u32) -> bool {
        size >= self.0.cutoff.load(Ordering::Relaxed)
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
    use crate::{Context, Error, Probe, Watch};
    use std::sync::Arc;

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
    fn work_forks_from_a_size_on_until_the_run_is_stopped_or_watched() {
        let context = Context::new();
        assert!(!context.token().forks(u32::MAX - 1));
        let token = context.token().forking_from(7);
        assert!(token.forks(7) && !token.forks(6));
        assert!(token.is_large(7) && !token.is_large(6));
        context.cancel();
        assert!(!token.forks(7) && token.is_large(7));
        assert!(!context.token().forking_from(7).forks(7));

        let probe: Probe = Arc::new(|_| Ok(()));
        let watch = Watch { probe: Some(probe), ..Watch::default() };
        let watched = Context::watching(watch).unwrap();
        let token = watched.token().forking_from(7);
        assert!(!token.forks(7) && token.is_large(7));
    }

    #[test]
    fn a_slot_used_again_starts_fresh() {
        for _ in 0..3 {
            let context = Context::new();
            assert!(context.token().is_quiet());
            assert!(context.token().forking_from(1).forks(1));
            context.cancel();
        }
    }
}
