//! The deadline, the cancel flag and the trace of one run.

use crate::stop::{Claim, STOPPED, Stop, StopToken, WATCHED, is_quiet};
use crate::trace::{SpanGuard, State, Trace};
use crate::{Error, alarm, panicked};
use event_listener::{Event, Listener, listener};
use futures_lite::future;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

/// Called with a task's number before each grain of its work.
///
/// A probe may count, wait, return an error or panic: tests make tasks fail
/// with it without a line in any model.
pub type Probe = Arc<dyn Fn(usize) -> Result<(), Error> + Send + Sync>;

/// What a [`Context`] watches for.
#[derive(Default, Clone)]
pub struct Watch {
    /// The run is stopped with [`Error::Timeout`] this long after the context
    /// was made.
    pub deadline: Option<Duration>,
    /// Where spans are recorded; none are by default.
    pub trace: Option<Trace>,
    /// Called before each grain; none by default.
    pub probe: Option<Probe>,
}

/// The turn that threads have one after the other, in models whose threads do
/// not compute at the same time.
pub trait Turn: Send + Sync {
    /// Whether another thread wants the turn; checked before each grain.
    fn wanted(&self) -> bool;

    /// Lets another thread have the turn, and waits for the next.
    fn pass(&self);

    /// Does something that may block, while others have the turn, and waits for
    /// the next.
    fn without(&self, blocks: &mut dyn FnMut());
}

/// The deadline, the cancel flag and the trace of one run; a cheap handle.
///
/// The kernels check it before every grain of work, and the waiting helpers
/// while they wait, so that a model needs no code for it. A run under a context
/// without a probe or a trace pays one relaxed load a grain.
///
/// A context that was stopped stays so, and a run that fails stops its own:
/// the next run of the same input takes a new one ([`crate::Job::under`]).
#[derive(Clone)]
pub struct Context {
    inner: Arc<Inner>,
    turn: Option<Arc<dyn Turn>>,
}

struct Inner {
    flag: Claim,
    cause: OnceLock<Error>,
    stopped: Event,
    watch: Watch,
}

impl Default for Context {
    fn default() -> Self {
        Self::new()
    }
}

impl Context {
    /// How often a blocking wait checks the cancel flag.
    pub const SLICE: Duration = Duration::from_millis(10);

    /// A context without deadline, trace or probe, which can be cancelled.
    pub fn new() -> Self {
        Self::of(Watch::default())
    }

    /// A context with a deadline, a trace or a probe.
    ///
    /// # Errors
    /// [`Error::Resource`] if the thread that keeps deadlines cannot start,
    /// [`Error::Invalid`] for a deadline beyond the clock.
    pub fn watching(watch: Watch) -> Result<Self, Error> {
        let deadline = watch.deadline;
        let context = Self::of(watch);
        if let Some(deadline) = deadline {
            let at = Instant::now().checked_add(deadline);
            let at = at.ok_or_else(|| {
                Error::Invalid("a deadline beyond the clock".into())
            })?;
            let run = Arc::downgrade(&context.inner);
            alarm::set(at, run as Weak<dyn Stop>)?;
        }
        Ok(context)
    }

    fn of(watch: Watch) -> Self {
        let watched = watch.probe.is_some() || watch.trace.is_some();
        let state = if watched { WATCHED } else { 0 };
        let inner = Arc::new_cyclic(|inner: &Weak<Inner>| Inner {
            flag: Claim::new(state, Weak::clone(inner) as Weak<dyn Stop>),
            cause: OnceLock::new(),
            stopped: Event::new(),
            watch,
        });
        Self { inner, turn: None }
    }

    /// The same run, whose threads pass this turn on between two grains if
    /// another thread wants it.
    pub fn in_turns(&self, turn: Arc<dyn Turn>) -> Self {
        Self { inner: Arc::clone(&self.inner), turn: Some(turn) }
    }

    /// Where spans are recorded, if anywhere.
    pub fn trace(&self) -> Option<&Trace> {
        self.inner.watch.trace.as_ref()
    }

    /// Whether there is a probe to call before each grain.
    pub fn is_probed(&self) -> bool {
        self.inner.watch.probe.is_some()
    }

    /// A token by which work sees that this run was stopped; free to copy.
    pub fn token(&self) -> StopToken {
        self.inner.flag.token()
    }

    /// Stops the run with [`Error::Cancelled`].
    pub fn cancel(&self) {
        self.stop(Error::Cancelled);
    }

    /// Stops the run; of several causes the first one counts.
    pub fn stop(&self, cause: Error) {
        self.inner.stop(cause);
    }

    /// Why the run was stopped, if it was.
    pub fn cause(&self) -> Option<Error> {
        self.inner.cause()
    }

    /// Called before every grain of work.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    #[inline]
    pub fn grain(&self, task: usize) -> Result<(), Error> {
        if self.turn.as_ref().is_some_and(|turn| turn.wanted()) {
            self.pass(task);
        }
        if is_quiet(self.inner.flag.state()) {
            return Ok(());
        }
        self.inner.look(task)
    }

    #[cold]
    fn pass(&self, task: usize) {
        if let Some(turn) = &self.turn {
            let _span = self.span(task, State::Lock);
            turn.pass();
        }
    }

    /// The value, unless the run was stopped while it was made.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn finish<T>(&self, value: T) -> Result<T, Error> {
        self.cause().map_or(Ok(value), Err)
    }

    /// The result of a task; a failure stops the other tasks of the run.
    ///
    /// # Errors
    /// That of `result`.
    pub fn note<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.inspect_err(|error| self.stop(error.clone()))
    }

    /// Waits for a future, as long as the run is not stopped. The span is
    /// recorded as a wait that holds no worker.
    ///
    /// # Errors
    /// That of the future, which stops the run, or the cause of an earlier
    /// stop.
    pub async fn wait<T>(
        &self,
        task: usize,
        io: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let begin = self.inner.watch.trace.as_ref().map(Trace::now);
        let result = async {
            self.grain(task)?;
            self.unless_stopped(io).await
        };
        let result = result.await;
        if let (Some(trace), Some(begin)) = (&self.inner.watch.trace, begin) {
            trace.record_unattached(task, State::Io, begin);
        }
        self.note(result)
    }

    /// Waits for a future, as long as the run is not stopped, and records
    /// nothing: for a wait that is no task's own, such as the join of all.
    ///
    /// # Errors
    /// That of the future, or the cause of a stop.
    pub async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // The listener comes before the look: a stop between the two is seen.
        listener!(self.inner.stopped => stopped);
        self.finish(())?;
        let cause = async {
            stopped.await;
            Err(self.cause().unwrap_or(Error::Cancelled))
        };
        future::or(work, cause).await
    }

    /// Sleeps for so long, or until the run is stopped; the calling thread is
    /// occupied, and is woken for nothing else.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn sleep(&self, task: usize, wait: Duration) -> Result<(), Error> {
        let _span = self.span(task, State::Io);
        self.rest(wait)
    }

    /// As [`Context::sleep`], between tasks: nothing is recorded.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub(crate) fn rest(&self, wait: Duration) -> Result<(), Error> {
        // Without one it is beyond the clock.
        let until = Instant::now().checked_add(wait);
        // The listener comes before the look: a stop between the two is seen.
        listener!(self.inner.stopped => stopped);
        self.finish(())?;
        match until {
            Some(until) => drop(stopped.wait_deadline(until)),
            None => stopped.wait(),
        }
        self.finish(())
    }

    /// Does something that may block this thread: a thread that has a turn lets
    /// others have it meanwhile.
    pub fn blocks<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(turn) = &self.turn else { return work() };
        let (mut work, mut result) = (Some(work), None);
        turn.without(&mut || result = work.take().map(|work| work()));
        result.expect("a turn does the work once")
    }

    /// Records what the current thread does for a task, until the guard is
    /// dropped; nothing is recorded without a trace.
    #[inline]
    pub fn span(&self, task: usize, state: State) -> Option<SpanGuard<'_>> {
        let trace = self.inner.watch.trace.as_ref()?;
        Some(trace.span(task, state))
    }
}

impl Inner {
    fn cause(&self) -> Option<Error> {
        if self.flag.state().load(Ordering::Relaxed) & STOPPED == 0 {
            return None;
        }
        fence(Ordering::Acquire);
        self.cause.get().cloned()
    }
}

impl Stop for Inner {
    fn stop(&self, cause: Error) {
        // The cause is there before the flag that sends readers to it.
        let _ = self.cause.set(cause);
        self.flag.stop();
        self.stopped.notify(usize::MAX);
    }

    #[cold]
    fn look(&self, task: usize) -> Result<(), Error> {
        self.cause().map_or(Ok(()), Err)?;
        let Some(probe) = &self.watch.probe else {
            return Ok(());
        };
        match catch_unwind(AssertUnwindSafe(|| probe(task))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.stop(error),
            Err(payload) => {
                let error = panicked(payload);
                let message = match &error {
                    Error::Panicked(message) => message.clone(),
                    other => other.to_string(),
                };
                self.stop(error);
                // The message goes on in place of a payload of any type: some
                // libraries abort where one panics when it is dropped.
                resume_unwind(Box::new(message));
            }
        }
        self.cause().map_or(Ok(()), Err)
    }

    fn span(&self, task: usize) -> Option<SpanGuard<'_>> {
        let trace = self.watch.trace.as_ref()?;
        Some(trace.span(task, State::Compute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    #[test]
    fn the_first_cause_stands() {
        let context = Context::new();
        assert_eq!(context.grain(0), Ok(()));
        context.stop(Error::Task("first".into()));
        context.cancel();
        assert_eq!(context.grain(0), Err(Error::Task("first".into())));
        assert_eq!(context.finish(7), Err(Error::Task("first".into())));
    }

    #[test]
    fn a_stop_ends_a_future_that_never_answers() {
        let context = Context::new();
        let waiter = context.clone();
        let thread = std::thread::spawn(move || {
            future::block_on(waiter.wait(0, future::pending::<Result<(), _>>()))
        });
        context.cancel();
        assert_eq!(thread.join().unwrap(), Err(Error::Cancelled));
    }

    #[test]
    fn a_sleep_lasts_as_long_as_it_is_asked_to_or_ends_with_a_stop() {
        let (context, wait) = (Context::new(), Duration::from_millis(3));
        let begin = Instant::now();
        assert_eq!(context.sleep(0, wait), Ok(()));
        assert!(begin.elapsed() >= wait);
        let sleeper = context.clone();
        let minute = Duration::from_secs(60);
        let thread = thread::spawn(move || sleeper.sleep(0, minute));
        context.cancel();
        assert_eq!(thread.join().unwrap(), Err(Error::Cancelled));
    }

    #[test]
    fn what_blocks_is_done_without_the_turn() {
        /// Whether a thread has the turn.
        struct Held(AtomicBool);
        impl Turn for Held {
            fn wanted(&self) -> bool {
                false
            }
            fn pass(&self) {}
            fn without(&self, blocks: &mut dyn FnMut()) {
                self.0.store(false, Ordering::Relaxed);
                blocks();
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let held = Arc::new(Held(AtomicBool::new(true)));
        let turn = Arc::clone(&held) as Arc<dyn Turn>;
        let context = Context::new().in_turns(turn);
        let has_it = || held.0.load(Ordering::Relaxed);
        assert!(has_it() && !context.blocks(has_it) && has_it());
    }

    #[test]
    fn a_deadline_stops_by_itself() {
        let context = Context::watching(Watch {
            deadline: Some(Duration::from_millis(1)),
            ..Watch::default()
        });
        let context = context.unwrap();
        let wait = context.wait(0, future::pending::<Result<(), _>>());
        assert_eq!(future::block_on(wait), Err(Error::Timeout));
    }
}
