//! The thread that stands for a worker.

use super::process::Worker;
use super::shared::Shared;
use super::task::{Work, cause};
use super::wire::Buffers;
use lanes_core::Error;
use rustix::process::{Signal, pidfd_send_signal};
use std::cell::Cell;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::mpsc::Sender;

/// The name of a driver, under which its worker is known in traces.
pub(super) fn name(number: usize) -> String {
    format!("process {number}")
}

thread_local! {
    /// Whether this thread stands for a worker.
    static DRIVES: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current thread stands for a worker of some pool. Work that it
/// waits for may wait for just this worker.
pub(crate) fn is_driver() -> bool {
    DRIVES.get()
}

/// The thread that stands for a worker.
pub(super) struct Driver {
    pub(super) shared: Arc<Shared>,
    pub(super) number: usize,
    /// Those of a worker that was killed.
    pub(super) buffers: Cell<Buffers>,
}

impl Driver {
    pub(super) fn drive(&self, ready: Sender<Result<(), Error>>) {
        DRIVES.set(true);
        let mut worker = match self.start() {
            Ok(worker) => Some(worker),
            Err(error) => {
                // The thread that starts the pool waits for this, and drops the
                // pool.
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(()));
        // The thread that starts the pool waits until every sender is gone.
        drop(ready);
        while let Some(task) = self.shared.next() {
            if task.begin() {
                worker = self.run(&*task, worker);
            }
        }
        if let Some(worker) = worker {
            // The worker is ended here: those who kill must not find it any
            // more.
            self.enter(None);
            worker.end();
        }
    }

    /// A worker that others can kill.
    fn start(&self) -> Result<Worker, Error> {
        let Shared { carrier, places, .. } = &*self.shared;
        let place = places.get(self.number);
        let worker = Worker::start(*carrier, self.buffers.take(), place)?;
        self.enter(Some(Arc::clone(worker.alive())));
        Ok(worker)
    }

    fn enter(&self, alive: Option<Arc<OwnedFd>>) {
        let mut state = self.shared.lock();
        if let (Some(alive), Some(_)) = (&alive, &state.broken) {
            // The others were killed before this one was there.
            let _ = pidfd_send_signal(alive, Signal::KILL);
        }
        state.alive[self.number] = alive;
    }

    /// Has a task done, by a new worker if the last one was killed. Returns the
    /// worker, if it can do another one. The task is finished only when a
    /// worker that is killed is gone.
    fn run(&self, task: &dyn Work, worker: Option<Worker>) -> Option<Worker> {
        if let Some(cause) = cause(task) {
            task.fail(cause);
            return worker;
        }
        let mut worker = match worker.map_or_else(|| self.start(), Ok) {
            Ok(worker) => worker,
            Err(error) => {
                task.fail(error);
                return None;
            }
        };
        let Err(lost) = worker.run(task) else {
            return Some(worker);
        };
        let stopped = cause(task);
        self.enter(None);
        let error = match stopped {
            Some(cause) => {
                self.buffers.set(worker.kill());
                cause
            }
            None => self.shared.fail(&worker.gone(lost)),
        };
        task.fail(error);
        None
    }
}
