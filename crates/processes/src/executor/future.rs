//! The result of a task that may not be there yet.

use lanes_core::Error;
use std::mem;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The result of a task that may not be there yet.
///
/// Dropping it leaves the task to run.
pub struct Future<T>(Arc<Slot<T>>);

/// Where a task puts its result.
pub(super) struct Slot<T> {
    state: Mutex<State<T>>,
    done: Condvar,
}

struct State<T> {
    stage: Stage<T>,
    /// Get a message when the result is there: the number under which each
    /// knows it.
    watchers: Vec<(Sender<usize>, usize)>,
}

enum Stage<T> {
    Waiting,
    Running,
    Done(Result<T, Error>),
    Taken,
}

impl<T> Slot<T> {
    pub(super) fn new() -> (Arc<Self>, Future<T>) {
        let state = State { stage: Stage::Waiting, watchers: Vec::new() };
        let state = Mutex::new(state);
        let slot = Arc::new(Self { state, done: Condvar::new() });
        (Arc::clone(&slot), Future(slot))
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the task is to begin: it was not cancelled.
    pub(super) fn begin(&self) -> bool {
        let mut state = self.lock();
        let waits = matches!(state.stage, Stage::Waiting);
        if waits {
            state.stage = Stage::Running;
        }
        waits
    }

    /// The first result stands.
    pub(super) fn finish(&self, result: Result<T, Error>) {
        let mut state = self.lock();
        if state.is_done() {
            return;
        }
        state.stage = Stage::Done(result);
        for (watcher, number) in mem::take(&mut state.watchers) {
            // One that has gone wants to know no more.
            let _ = watcher.send(number);
        }
        drop(state);
        self.done.notify_all();
    }
}

impl<T> State<T> {
    fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done(_) | Stage::Taken)
    }

    fn take(&mut self) -> Option<Result<T, Error>> {
        if !self.is_done() {
            return None;
        }
        match mem::replace(&mut self.stage, Stage::Taken) {
            Stage::Done(result) => Some(result),
            // A future gives its result away together with itself.
            _ => None,
        }
    }
}

impl<T> Future<T> {
    /// Cancels the task, unless it has begun, and returns whether it did. Its
    /// result is [`Error::Cancelled`] then.
    pub fn cancel(&self) -> bool {
        let waits = matches!(self.0.lock().stage, Stage::Waiting);
        // A driver may take it in between: `begin` then comes first or not.
        if waits && self.0.begin() {
            self.0.finish(Err(Error::Cancelled));
            return true;
        }
        false
    }

    /// Whether a worker is at it.
    pub fn is_running(&self) -> bool {
        matches!(self.0.lock().stage, Stage::Running)
    }

    /// Whether the result is there.
    pub fn is_done(&self) -> bool {
        self.0.lock().is_done()
    }

    /// Waits for the result.
    ///
    /// # Errors
    /// That of the task; [`Error::WorkerDied`] if its worker or another one of
    /// the pool ended before, [`Error::Cancelled`] if it was cancelled or the
    /// pool was dropped.
    pub fn result(self) -> Result<T, Error> {
        let mut state = self.0.lock();
        loop {
            if let Some(result) = state.take() {
                return result;
            }
            let wait = self.0.done.wait(state);
            state = wait.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for the result, at most so long. If it is not there by then the
    /// future is given back, and the task runs on.
    ///
    /// # Errors
    /// The future itself, where time ran out. The errors of the task are those
    /// of [`Future::result`], inside.
    pub fn result_within(
        self,
        time: Duration,
    ) -> Result<Result<T, Error>, Self> {
        let begin = Instant::now();
        let mut state = self.0.lock();
        loop {
            if let Some(result) = state.take() {
                return Ok(result);
            }
            let left = time.saturating_sub(begin.elapsed());
            if left.is_zero() {
                break;
            }
            let wait = self.0.done.wait_timeout(state, left);
            state = wait.unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(state);
        Err(self)
    }

    fn watch(&self, watcher: &Sender<usize>, number: usize) {
        let mut state = self.0.lock();
        if state.is_done() {
            // The receiver is there as long as this runs.
            let _ = watcher.send(number);
        } else {
            state.watchers.push((watcher.clone(), number));
        }
    }
}

/// The futures in the order in which their results are there.
pub fn as_completed<T>(
    futures: impl IntoIterator<Item = Future<T>>,
) -> AsCompleted<T> {
    let futures: Vec<_> = futures.into_iter().map(Some).collect();
    let (watcher, done) = mpsc::channel();
    for (number, future) in futures.iter().flatten().enumerate() {
        future.watch(&watcher, number);
    }
    AsCompleted { futures, done }
}

/// The futures in the order in which their results are there; see
/// [`as_completed`].
pub struct AsCompleted<T> {
    futures: Vec<Option<Future<T>>>,
    done: Receiver<usize>,
}

impl<T> Iterator for AsCompleted<T> {
    type Item = Future<T>;

    fn next(&mut self) -> Option<Future<T>> {
        // Without a sender every future has been reported.
        let number = self.done.recv().ok()?;
        self.futures.get_mut(number)?.take()
    }
}
