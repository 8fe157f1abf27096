//! What the drivers of a pool share: its queue and its state.

use super::task::Work;
use super::wire::Carrier;
use lanes_core::{Error, Place};
use rustix::process::{Signal, pidfd_send_signal};
use std::collections::VecDeque;
use std::mem;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What the drivers share.
pub(super) struct Shared {
    pub(super) carrier: Carrier,
    /// Where the workers are, where that is given.
    pub(super) places: Vec<Place>,
    pub(super) state: Mutex<State>,
    /// There is work, or there will be no more.
    pub(super) work: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) queue: VecDeque<Box<dyn Work>>,
    /// No more work is taken.
    pub(super) closed: bool,
    /// Why the pool is of no more use.
    pub(super) broken: Option<Error>,
    /// The process of each driver, if it has one.
    pub(super) alive: Vec<Option<Arc<OwnedFd>>>,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next task, once there is one; `None` when there will be no more.
    pub(super) fn next(&self) -> Option<Box<dyn Work>> {
        let mut state = self.lock();
        loop {
            if state.broken.is_some() {
                return None;
            }
            if let Some(task) = state.queue.pop_front() {
                return Some(task);
            }
            if state.closed {
                return None;
            }
            let wait = self.work.wait(state);
            state = wait.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The pool is of no more use. Fails what waits, and kills the workers:
    /// their drivers then fail what runs. Returns the first error that was
    /// given, which is everybody's.
    pub(super) fn fail(&self, error: &Error) -> Error {
        let mut state = self.lock();
        let first = state.broken.get_or_insert_with(|| error.clone()).clone();
        let waiting = mem::take(&mut state.queue);
        for alive in state.alive.iter().flatten() {
            // One that has ended already needs no signal.
            let _ = pidfd_send_signal(alive, Signal::KILL);
        }
        drop(state);
        self.work.notify_all();
        for task in waiting {
            task.fail(first.clone());
        }
        first
    }
}
