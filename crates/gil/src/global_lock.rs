//! A global interpreter lock: one thread runs, and lets another run when that
//! one has waited for an interval.
//!
//! The algorithm is that of CPython since 3.2 (Antoine Pitrou's "new GIL",
//! `Python/ceval_gil.c`), in words and code of its own. A thread that wants the
//! lock waits for an interval; if the same thread still has it then, it asks
//! for it. The holder looks at that request at its checkpoints only, in
//! whatever work it does, so that a checkpoint costs one load when no thread
//! asks.

use crate::sync::{
    AtomicBool, Condvar, Mutex, MutexGuard, ThreadId, current, wait_timeout,
};
use lanes_core::{Error, Turn};
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};
use std::thread::panicking;
use std::time::{Duration, Instant};

/// How a [`GlobalLock`] is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How long a thread waits before it asks for the lock; at least
    /// [`Options::LEAST_INTERVAL`].
    pub interval: Duration,
    /// Whether a thread that was asked for the lock waits, once it has let go,
    /// until another thread has it. Without this it may well have the lock
    /// again before those that waited for it have woken.
    pub forced_switching: bool,
}

impl Options {
    /// The shortest interval.
    pub const LEAST_INTERVAL: Duration = Duration::from_micros(1);
}

/// Those of CPython: 5 ms, with forced switching.
impl Default for Options {
    fn default() -> Self {
        let interval = Duration::from_millis(5);
        Self { interval, forced_switching: true }
    }
}

/// A lock that a thread holds while it runs, lets go of while it waits for
/// something else, and passes on at a checkpoint when another has asked for it.
///
/// It guards no data: like the lock it is modelled on, it says who may run.
///
/// It is not fair in order: a released lock goes to the waiting thread that is
/// woken, or to one that comes at that moment. Shares of time are
/// equal in the long run only.
///
/// ```
/// use lanes_gil::{GlobalLock, Options};
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
///
/// let lock = GlobalLock::new(Options::default())?;
/// let total = AtomicU64::new(0);
/// std::thread::scope(|scope| {
///     for _ in 0..2 {
///         scope.spawn(|| {
///             let _held = lock.hold();
///             for _ in 0..1000 {
///                 // No thread comes in between: there is no checkpoint.
///                 total.store(total.load(Relaxed) + 1, Relaxed);
///                 lock.checkpoint();
///             }
///         });
///     }
/// });
/// assert_eq!(total.into_inner(), 2000);
/// # Ok::<(), lanes_core::Error>(())
/// ```
pub struct GlobalLock {
    options: Options,
    state: Mutex<State>,
    /// The lock was released.
    free: Condvar,
    /// Another thread than before has taken the lock.
    switched: Condvar,
    /// A thread asks for the lock. Set and cleared under the mutex of the
    /// state, and read without it.
    drop_request: AtomicBool,
}

struct State {
    locked: bool,
    /// Who has the lock, or had it last.
    last_holder: Option<ThreadId>,
    /// How often the lock was taken by another thread than before.
    switch_number: u64,
    /// When it was taken last.
    since: Instant,
    record: Record,
}

/// What happened so far.
#[derive(Default)]
struct Record {
    slices: VecDeque<Slice>,
    holds: u64,
    requests: u64,
    forced_switches: u64,
    waits: u64,
    waited: Duration,
}

/// One stretch of time in which a thread held the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Who held it.
    pub thread: ThreadId,
    /// How long.
    pub length: Duration,
    /// Why no longer.
    pub ended: Ended,
}

/// How a slice came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ended {
    /// At a checkpoint, since another thread had asked for the lock.
    ByRequest,
    /// By the holder itself: it was about to wait for something else, or had
    /// come to its end.
    ByItself,
}

/// What happened to a lock since it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The last slices that ended, oldest first; at most
    /// [`Statistics::MOST_SLICES`].
    pub slices: Vec<Slice>,
    /// How often it was taken.
    pub holds: u64,
    /// How often it was taken by another thread than the one that had it
    /// before; the first time is one.
    pub hand_overs: u64,
    /// How often a thread asked for it.
    pub requests: u64,
    /// How often a thread that had let go of it on request waited until another
    /// had it.
    pub forced_switches: u64,
    /// How often a thread had to wait for it, or gave up waiting.
    pub waits: u64,
    /// How long all these waits took together.
    pub waited: Duration,
}

impl Statistics {
    /// How many slices are kept.
    pub const MOST_SLICES: usize = 4096;
}

/// How a thread lets go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Release {
    /// At a checkpoint, to take it again.
    Requested,
    /// To wait for something else.
    Own,
    /// For good.
    Last,
}

/// The lock, as long as a thread runs; let go of for good when it is dropped.
/// It stays in its thread: no other can let go of the lock.
#[must_use = "the lock is let go of when this is dropped"]
pub struct Held<'a>(&'a GlobalLock, PhantomData<*const ()>);

/// Takes the lock again when it is dropped.
struct TakeAgain<'a>(&'a GlobalLock);

impl GlobalLock {
    /// A lock that no thread holds.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an interval below [`Options::LEAST_INTERVAL`].
    pub fn new(options: Options) -> Result<Arc<Self>, Error> {
        let Options { interval, .. } = options;
        if interval < Options::LEAST_INTERVAL {
            let least = Options::LEAST_INTERVAL;
            let what = format!("an interval of {interval:?}; least {least:?}");
            return Err(Error::Invalid(what));
        }
        let state = State {
            locked: false,
            last_holder: None,
            switch_number: 0,
            since: Instant::now(),
            record: Record::default(),
        };
        Ok(Arc::new(Self {
            options,
            state: Mutex::new(state),
            free: Condvar::new(),
            switched: Condvar::new(),
            drop_request: AtomicBool::new(false),
        }))
    }

    /// How it was made.
    pub fn options(&self) -> Options {
        self.options
    }

    /// Waits until this thread has the lock.
    ///
    /// # Panics
    /// If it has it already.
    pub fn take(&self) {
        self.take_or_give_up(None);
    }

    /// Waits until this thread has the lock, or until it has asked for it and
    /// its patience is at an end; looked at once an interval. Whether it has
    /// the lock.
    ///
    /// # Panics
    /// If it has it already.
    pub fn take_within(&self, patience: Duration) -> bool {
        self.take_or_give_up(Some(patience))
    }

    /// Takes the lock for as long as a thread runs, and lets go of it for good
    /// when the guard is dropped.
    ///
    /// # Panics
    /// If this thread has it already.
    pub fn hold(&self) -> Held<'_> {
        self.take();
        Held(self, PhantomData)
    }

    /// Lets go of the lock, to take it again later. If another thread has asked
    /// for it, waits until one has it.
    ///
    /// # Panics
    /// If this thread does not have it.
    pub fn release(&self) {
        let held = self.let_go(Release::Own);
        assert!(held, "a thread lets go of a lock that it does not hold");
    }

    /// Releases the lock for good: a thread that ends does not come back, and
    /// so does not wait for another one to take the lock.
    ///
    /// # Panics
    /// If this thread does not have it.
    pub fn release_for_good(&self) {
        let held = self.let_go(Release::Last);
        assert!(held, "a thread lets go of a lock that it does not hold");
    }

    /// Whether another thread asks for the lock: one relaxed load.
    #[inline]
    pub fn is_wanted(&self) -> bool {
        self.drop_request.load(Relaxed)
    }

    /// Whether this thread has the lock.
    pub fn is_mine(&self) -> bool {
        self.state().is_held_by(current().id())
    }

    /// Lets another thread have the lock if one asks for it, and takes it
    /// again. Whether it did; it does not if this thread does not have the
    /// lock.
    #[inline]
    pub fn checkpoint(&self) -> bool {
        self.is_wanted() && self.pass_on()
    }

    /// Does some work without the lock, such as blocking I/O, and takes it
    /// again, also after a panic.
    ///
    /// # Panics
    /// If this thread does not have the lock, and whenever `work` does.
    pub fn allow_threads<T>(&self, work: impl FnOnce() -> T) -> T {
        self.release();
        let _again = TakeAgain(self);
        work()
    }

    /// What happened so far.
    pub fn statistics(&self) -> Statistics {
        let state = self.state();
        let record = &state.record;
        Statistics {
            slices: record.slices.iter().copied().collect(),
            holds: record.holds,
            hand_overs: state.switch_number,
            requests: record.requests,
            forced_switches: record.forced_switches,
            waits: record.waits,
            waited: record.waited,
        }
    }

    fn take_or_give_up(&self, patience: Option<Duration>) -> bool {
        let me = current().id();
        let mut state = self.state();
        assert!(!state.is_held_by(me), "a thread takes a lock that it holds");
        if !state.locked {
            self.taken(&mut state, me);
            return true;
        }
        let begin = Instant::now();
        let mut asked = false;
        while state.locked {
            let seen = state.switch_number;
            let interval = self.options.interval;
            let (guard, over) =
                wait_timeout(&self.free, &self.state, state, interval);
            state = guard;
            if !over || !state.locked || state.switch_number != seen {
                // Free, or its holder is new and has an interval from now on.
                continue;
            }
            let late = patience.is_some_and(|most| begin.elapsed() >= most);
            if asked && late {
                // This thread gives up, so it withdraws the request: a holder
                // that released on it would wait for ever for a thread to come.
                // It may have been another thread's request too: that one waits
                // on, and asks again.
                self.drop_request.store(false, Relaxed);
                state.record.wait(begin);
                return false;
            }
            self.drop_request.store(true, Relaxed);
            asked = true;
            state.record.requests += 1;
        }
        state.record.wait(begin);
        self.taken(&mut state, me);
        true
    }

    fn taken(&self, state: &mut State, me: ThreadId) {
        state.locked = true;
        state.since = Instant::now();
        state.record.holds += 1;
        if state.last_holder != Some(me) {
            state.last_holder = Some(me);
            state.switch_number += 1;
            // All: of several that let go, each waits for its own successor.
            self.switched.notify_all();
        }
        self.drop_request.store(false, Relaxed);
    }

    #[cold]
    fn pass_on(&self) -> bool {
        let held = self.let_go(Release::Requested);
        if held {
            self.take();
        }
        held
    }

    /// Whether this thread had the lock.
    fn let_go(&self, how: Release) -> bool {
        let me = current().id();
        let mut state = self.state();
        if !state.is_held_by(me) {
            return false;
        }
        let length = state.since.elapsed();
        let ended = match how {
            Release::Requested => Ended::ByRequest,
            Release::Own | Release::Last => Ended::ByItself,
        };
        state.record.slice(Slice { thread: me, length, ended });
        state.locked = false;
        self.free.notify_one();
        let forced = self.options.forced_switching && self.is_wanted();
        if forced && how != Release::Last {
            state.record.forced_switches += 1;
            // Who has asked still waits for the lock, and it is free.
            while state.last_holder == Some(me) {
                let wait = self.switched.wait(state);
                state = wait.unwrap_or_else(PoisonError::into_inner);
            }
        }
        true
    }

    /// A panic under this mutex is one of the assertions, and leaves the state
    /// as it was.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_held_by(&self, thread: ThreadId) -> bool {
        self.locked && self.last_holder == Some(thread)
    }
}

impl Record {
    fn slice(&mut self, slice: Slice) {
        if self.slices.len() == Statistics::MOST_SLICES {
            self.slices.pop_front();
        }
        self.slices.push_back(slice);
    }

    fn wait(&mut self, begin: Instant) {
        self.waits += 1;
        self.waited += begin.elapsed();
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Not asserted: a panic here, during another, would abort the process.
        self.0.let_go(Release::Last);
    }
}

impl Drop for TakeAgain<'_> {
    fn drop(&mut self) {
        // Work that took the lock itself is a mistake that panics, but not
        // during another panic: that would abort the process.
        if !(panicking() && self.0.is_mine()) {
            self.0.take();
        }
    }
}

/// The kernels pass the lock on between two grains.
impl Turn for GlobalLock {
    /// Only a thread that has the lock can pass it on: one that waits for I/O
    /// has let go of it.
    #[inline]
    fn wanted(&self) -> bool {
        self.is_wanted() && self.is_mine()
    }

    fn pass(&self) {
        self.checkpoint();
    }

    fn without(&self, blocks: &mut dyn FnMut()) {
        if self.is_mine() { self.allow_threads(blocks) } else { blocks() }
    }
}
