//! A pool of worker processes, in the manner of `concurrent.futures`.
//!
//! A thread of the pool, its *driver*, stands for each worker process: it takes
//! a task from the one queue, writes it to the worker, waits for the result and
//! takes the next. There is one request in flight for each worker. Where a
//! worker dies, all unfinished work fails and the pool takes no more: what the
//! dead worker had done to the world outside is not known.

mod function;
mod future;
mod list;
mod memory;
mod process;
mod wire;
mod worker;

pub use function::Function;
#[doc(hidden)]
pub use function::register;
pub use future::{AsCompleted, Future, as_completed};
pub use list::List;

use future::Slot;
use lanes_core::trace::Span;
use lanes_core::{Context, Error, preflight};
use process::{Link, Worker, any_ended};
use rustix::process::{Signal, pidfd_send_signal};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::Cell;
use std::collections::VecDeque;
use std::mem;
use std::os::fd::OwnedFd;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use wire::{Call, Channel, Failure, Kind, broken, decode};

/// How arguments and results cross.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// All of it over a socket.
    Socket,
    /// What is large in memory that both processes map, the rest over a socket.
    Memory,
}

/// A pool of worker processes.
///
/// Dropping it cancels what waits, kills what runs, and returns when threads and
/// processes are gone; [`Pool::shutdown`] lets the work end first.
pub struct Pool {
    shared: Arc<Shared>,
    drivers: Mutex<Vec<JoinHandle<()>>>,
    workers: usize,
}

/// What the drivers share.
struct Shared {
    carrier: Carrier,
    state: Mutex<State>,
    /// There is work, or there will be no more.
    work: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Box<dyn Work>>,
    /// No more work is taken.
    closed: bool,
    /// Why the pool is of no more use.
    broken: Option<Error>,
    /// The process of each driver, if it has one.
    alive: Vec<Option<Arc<OwnedFd>>>,
}

/// A task, whatever its types.
trait Work: Send {
    /// Whether it is to begin: it was not cancelled.
    fn begin(&self) -> bool;
    /// The run that it belongs to.
    fn context(&self) -> Option<&Context>;
    /// Sends it to a worker; see [`Channel::send`].
    fn send(
        &self,
        channel: &mut Channel<Link>,
    ) -> Result<Result<(), Error>, Error>;
    /// Finishes it with what the worker has sent, unless that is no result.
    fn done(&self, body: &[u8]) -> Result<(), Error>;
    /// Finishes it.
    fn fail(&self, error: Error);
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
        if workers == 0 {
            return Err(Error::Invalid("zero workers".into()));
        }
        // A socket, a process and memory for each, and the worker's own ends
        // and standard streams while it starts.
        preflight::descriptors(workers.saturating_mul(8))?;
        let state = Mutex::new(State {
            alive: vec![None; workers],
            ..State::default()
        });
        let work = Condvar::new();
        let shared = Arc::new(Shared { carrier, state, work });
        let drivers = Mutex::default();
        let pool = Self { shared, drivers, workers };
        let (ready, readiness) = mpsc::channel();
        for number in 0..workers {
            let (shared, ready) = (Arc::clone(&pool.shared), ready.clone());
            let drive = move || Driver { shared, number }.drive(ready);
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
        Ok(Map { futures, ready: Vec::new().into_iter() })
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
        if !self.drivers().is_empty() {
            self.shared.fail(&Error::Cancelled);
        }
        self.shutdown();
    }
}

/// The name of a driver, under which its worker is known in traces.
fn name(number: usize) -> String {
    format!("process {number}")
}

fn cause(task: &dyn Work) -> Option<Error> {
    task.context().and_then(Context::cause)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next task, once there is one; `None` when there will be no more.
    fn next(&self) -> Option<Box<dyn Work>> {
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
    fn fail(&self, error: &Error) -> Error {
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
struct Driver {
    shared: Arc<Shared>,
    number: usize,
}

impl Driver {
    fn drive(&self, ready: Sender<Result<(), Error>>) {
        DRIVES.set(true);
        let mut worker = match self.start() {
            Ok(worker) => Some(worker),
            Err(error) => {
                // Who starts the pool waits for this, and drops the pool.
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(()));
        // Who starts the pool waits until nobody has more to say.
        drop(ready);
        while let Some(task) = self.shared.next() {
            if task.begin() {
                worker = self.run(&*task, worker);
            }
        }
        if let Some(worker) = worker {
            // A worker that was killed is not found any more by who kills.
            self.enter(None);
            worker.end();
        }
    }

    /// A worker that others can kill.
    fn start(&self) -> Result<Worker, Error> {
        let worker = Worker::start(self.shared.carrier)?;
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
    /// worker, if it can do another one. The task is finished only when a worker
    /// that is killed is gone.
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
                drop(worker);
                cause
            }
            None => self.shared.fail(&worker.gone(lost)),
        };
        task.fail(error);
        None
    }
}

/// A task as it was submitted.
struct Task<A, T> {
    function: &'static str,
    many: bool,
    argument: A,
    slot: Arc<Slot<T>>,
    run: Option<(Context, Sender<()>)>,
}

impl<A, T> Task<A, T> {
    /// An error stops the other tasks of the run.
    fn finish(&self, result: Result<T, Error>) {
        let result = match &self.run {
            Some((context, _)) => context.note(result),
            None => result,
        };
        self.slot.finish(result);
    }
}

impl<A, T> Work for Task<A, T>
where
    A: Serialize + Send,
    T: DeserializeOwned + Send,
{
    fn begin(&self) -> bool {
        self.slot.begin()
    }

    fn context(&self) -> Option<&Context> {
        self.run.as_ref().map(|(context, _)| context)
    }

    fn send(
        &self,
        channel: &mut Channel<Link>,
    ) -> Result<Result<(), Error>, Error> {
        let context = self.context();
        let call = Call {
            function: self.function,
            many: self.many,
            probed: context.is_some_and(Context::is_probed),
            origin: context
                .and_then(Context::trace)
                .map(|trace| trace.origin()),
        };
        channel.send(Kind::Request, &(call, &self.argument))
    }

    fn done(&self, body: &[u8]) -> Result<(), Error> {
        let (result, spans): (Result<T, Failure>, Vec<Span>) = decode(body)?;
        if let Some(trace) = self.context().and_then(Context::trace) {
            let driver = thread::current();
            let name = driver.name().ok_or_else(|| broken("no driver"))?;
            trace.adopt(name, &spans);
        }
        self.finish(result.map_err(Error::from));
        Ok(())
    }

    fn fail(&self, error: Error) {
        self.finish(Err(error));
    }
}

/// Nobody waits for ever, whatever happened to the task.
impl<A, T> Drop for Task<A, T> {
    fn drop(&mut self) {
        self.slot.finish(Err(Error::Cancelled));
    }
}

/// Each argument of a chunk has a result of its own.
type Chunk<T> = Vec<Result<T, Failure>>;

/// Results in the order of their arguments; see [`Pool::map`].
pub struct Map<T> {
    /// The length of each chunk, and its results.
    futures: VecDeque<(usize, Future<Chunk<T>>)>,
    ready: std::vec::IntoIter<Result<T, Error>>,
}

impl<T> Iterator for Map<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Result<T, Error>> {
        loop {
            if let Some(result) = self.ready.next() {
                return Some(result);
            }
            let (length, future) = self.futures.pop_front()?;
            let results: Vec<_> = match future.result() {
                Ok(results) => {
                    let results = results.into_iter();
                    results.map(|result| result.map_err(Error::from)).collect()
                }
                // What fails the chunk fails each of it.
                Err(error) => (0..length).map(|_| Err(error.clone())).collect(),
            };
            self.ready = results.into_iter();
        }
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
