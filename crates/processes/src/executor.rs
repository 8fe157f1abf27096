//! A pool of worker processes, in the manner of `concurrent.futures`.
//!
//! A thread of the pool, its *driver*, stands for each worker process: it takes
//! a task from the one queue, writes it to the worker, waits for the result and
//! takes the next. There is one request in flight for each worker. Where a
//! worker dies, all unfinished work fails and the pool takes no more: what the
//! dead worker had done to the world outside is not known.

mod driver;
mod error;
mod function;
mod future;
mod garbage;
mod link;
mod list;
mod map;
mod memory;
mod process;
mod shared;
mod task;
mod wire;
mod worker;

pub(crate) use driver::is_driver;
pub use function::Function;
#[doc(hidden)]
pub use function::register;
pub use future::{AsCompleted, Future, as_completed};
#[doc(hidden)]
pub use garbage::received;
pub use list::List;
pub use map::Map;
pub use wire::Carrier;
pub use worker::place;

use driver::{Driver, name};
use future::Slot;
use lanes_core::{Context, Error, Place, preflight};
use link::any_ended;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::{Shared, State};
use std::cell::Cell;
use std::collections::VecDeque;
use std::mem;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use task::{Task, cause};

/// A pool of worker processes.
///
/// Dropping it cancels what waits, kills what runs, and returns when threads
/// and processes are gone; [`Pool::shutdown`] lets the work end first.
pub struct Pool {
    shared: Arc<Shared>,
    drivers: Mutex<Vec<JoinHandle<()>>>,
    workers: usize,
}

impl Pool {
    /// Starts so many workers, to which everything crosses over a socket, and
    /// waits until all are there.
    ///
    /// # Errors
    /// [`Error::Resource`] if the system refuses threads, processes or
    /// descriptors; [`Error::Invalid`] for no worker.
    pub fn start(workers: usize) -> Result<Self, Error> {
        Self::start_with(workers, Carrier::Socket)
    }

    /// The same, with another way across.
    ///
    /// # Errors
    /// Those of [`Pool::start`].
    pub fn start_with(workers: usize, carrier: Carrier) -> Result<Self, Error> {
        Self::start_at(workers, carrier, &[])
    }

    /// The same, with the workers at these places, as far as there are any.
    ///
    /// # Errors
    /// Those of [`Pool::start`] and [`Place::enter`].
    pub fn start_at(
        workers: usize,
        carrier: Carrier,
        places: &[Place],
    ) -> Result<Self, Error> {
        if workers == 0 {
            return Err(Error::Invalid("zero workers".into()));
        }
        // A socket, a process and memory for each, and the worker's own ends
        // and standard streams while it starts.
        preflight::descriptors(workers.saturating_mul(8))?;
        preflight::stacks(workers, preflight::STACK)?;
        let state = Mutex::new(State {
            alive: vec![None; workers],
            ..State::default()
        });
        let work = Condvar::new();
        let places = places.to_vec();
        let shared = Arc::new(Shared { carrier, places, state, work });
        let drivers = Mutex::default();
        let pool = Self { shared, drivers, workers };
        let (ready, readiness) = mpsc::channel();
        for number in 0..workers {
            let (shared, ready) = (Arc::clone(&pool.shared), ready.clone());
            let buffers = Cell::default();
            let driver = Driver { shared, number, buffers };
            let drive = move || driver.drive(ready);
            let thread = thread::Builder::new().name(name(number));
            pool.drivers().push(thread.spawn(drive)?);
        }
        drop(ready);
        readiness.iter().collect::<Result<Vec<()>, _>>()?;
        Ok(pool)
    }

    /// How many workers it has.
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// Why the pool is of no more use, if it is: a worker has died, for
    /// instance, also one that had nothing to do.
    pub fn broken(&self) -> Option<Error> {
        let state = self.shared.lock();
        if state.broken.is_some() {
            return state.broken.clone();
        }
        let died = any_ended(state.alive.iter().flatten());
        died.then(|| Error::WorkerDied("an idle worker ended".into()))
    }

    /// Gives the workers a task.
    ///
    /// # Errors
    /// [`Error::Unsupported`] after a shutdown, and what has broken the pool if
    /// it is broken. Those of the task come with its result:
    /// [`Error::Unsupported`] also for more than 1 GiB to send.
    pub fn submit<F: Function>(
        &self,
        argument: F::Argument,
    ) -> Result<Future<F::Output>, Error> {
        self.put(F::NAME, false, argument, None)
    }

    /// The same for a task of a run: its probe is asked, its trace written, and
    /// if it is stopped the worker is killed and another one started. The token
    /// is dropped when nothing of the task is left.
    pub(crate) fn submit_under<F: Function>(
        &self,
        argument: F::Argument,
        context: &Context,
        token: Sender<()>,
    ) -> Result<Future<F::Output>, Error> {
        self.put(F::NAME, false, argument, Some((context.clone(), token)))
    }

    /// The results of a function for each of the arguments, in their order. So
    /// many of them cross at a time; all are taken before this returns.
    ///
    /// # Errors
    /// [`Error::Invalid`] for chunks of zero, and those of [`Pool::submit`].
    pub fn map<F: Function>(
        &self,
        arguments: impl IntoIterator<Item = F::Argument>,
        chunk: usize,
    ) -> Result<Map<F::Output>, Error> {
        if chunk == 0 {
            return Err(Error::Invalid("chunks of zero".into()));
        }
        let mut arguments = arguments.into_iter();
        let mut futures = VecDeque::new();
        loop {
            let chunk: Vec<_> = arguments.by_ref().take(chunk).collect();
            if chunk.is_empty() {
                break;
            }
            let length = chunk.len();
            let future = self.put(F::NAME, true, chunk, None)?;
            futures.push_back((length, future));
        }
        Ok(Map::new(futures))
    }

    /// Lets all work end that was submitted, and takes no more. When it returns
    /// the threads and the processes are gone.
    pub fn shutdown(&self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_all();
        for driver in mem::take(&mut *self.drivers()) {
            // A driver that panicked has nothing to report.
            let _ = driver.join();
        }
    }

    /// Cancels what waits, kills what runs, and returns when threads and
    /// processes are gone.
    pub(crate) fn end(&self) {
        if !self.drivers().is_empty() {
            self.shared.fail(&Error::Cancelled);
        }
        self.shutdown();
    }

    /// Finishes the tasks in the queue whose run was stopped.
    pub(crate) fn sweep(&self) {
        let mut state = self.shared.lock();
        let queue = mem::take(&mut state.queue).into_iter();
        let (stopped, rest): (VecDeque<_>, _) =
            queue.partition(|task| cause(&**task).is_some());
        state.queue = rest;
        drop(state);
        for task in stopped {
            task.fail(cause(&*task).unwrap_or(Error::Cancelled));
        }
    }

    fn put<A, T>(
        &self,
        function: &'static str,
        many: bool,
        argument: A,
        run: Option<(Context, Sender<()>)>,
    ) -> Result<Future<T>, Error>
    where
        A: Serialize + Send + 'static,
        T: DeserializeOwned + Send + 'static,
    {
        let (slot, future) = Slot::new();
        let task = Task { function, many, argument, slot, run };
        let mut state = self.shared.lock();
        if let Some(error) = &state.broken {
            return Err(error.clone());
        }
        if state.closed {
            let what = "no work after the shutdown of its pool".to_owned();
            return Err(Error::Unsupported(what));
        }
        state.queue.push_back(Box::new(task));
        drop(state);
        self.shared.work.notify_one();
        Ok(future)
    }

    fn drivers(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.drivers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// Never ends by itself, and never looks whether it should.
    struct Deaf;
    crate::function!(Deaf);

    impl Function for Deaf {
        const NAME: &'static str = "test::deaf";
        type Argument = bool;
        type Output = u32;

        fn call(deaf: bool, _: &Context) -> Result<u32, Error> {
            if deaf {
                loop {
                    thread::park();
                }
            }
            Ok(std::process::id())
        }
    }

    #[test]
    fn a_stop_kills_who_does_not_listen_and_the_pool_goes_on() {
        let pool = Pool::start(1).unwrap();
        let before = pool.submit::<Deaf>(false).unwrap().result().unwrap();
        let (context, (token, left)) = (Context::new(), mpsc::channel());
        let submit = || {
            pool.submit_under::<Deaf>(true, &context, token.clone()).unwrap()
        };
        let futures = [submit(), submit()];
        while !futures[0].is_running() {
            thread::sleep(Duration::from_millis(1));
        }
        context.cancel();
        for future in futures {
            assert_eq!(future.result(), Err(Error::Cancelled));
        }
        drop(token);
        assert!(left.recv().is_err(), "nothing is left of the run");
        assert!(!std::path::Path::new(&format!("/proc/{before}")).exists());
        let after = pool.submit::<Deaf>(false).unwrap().result().unwrap();
        assert_ne!(before, after);
        assert_eq!(pool.broken(), None);
    }

    #[test]
    fn what_waits_behind_another_run_is_swept_out() {
        let pool = Pool::start(1).unwrap();
        let deaf = pool.submit::<Deaf>(true).unwrap();
        let (context, (token, _left)) = (Context::new(), mpsc::channel());
        let waits = pool.submit_under::<Deaf>(true, &context, token).unwrap();
        pool.sweep();
        assert!(!waits.is_done());
        context.cancel();
        pool.sweep();
        assert_eq!(waits.result(), Err(Error::Cancelled));
        assert!(!deaf.is_done());
    }
}
