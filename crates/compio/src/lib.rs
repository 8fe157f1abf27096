//! compio: an async runtime for each thread, whose I/O is completed by the
//! kernel (io_uring).

lanes_core::cells! { for Compio:
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    ring::Ring,
    pipeline::Pipeline,
    spawn::Spawn,
    shape::Shape,
    sleepers::Sleepers,
    burst::Burst,
    trickle::Trickle,
    cancel::Cancel,
    echo::Echo,
}

use compio::buf::BufResult;
use compio::dispatcher::Dispatcher;
use compio::io::{AsyncReadExt, AsyncWriteExt};
use compio::net::TcpStream;
use compio::runtime::{JoinError, Runtime};
// It has no channels: these are what its dispatcher hands tasks out by.
use flume as channel;
use futures_channel::oneshot::Receiver;
use futures_lite::future;
use lanes_core::request::Request;
use lanes_core::{
    Config, Context, Error, Job, Model, Workload, caught, caught_future,
    panicked, preflight,
};
use std::collections::HashSet;
use std::num::NonZero;
use std::sync::{Arc, Weak, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// What a runtime opens at most: a ring or a poller, and what wakes it.
const DESCRIPTORS: usize = 8;

/// How long the threads may take to start: only those that never will take so
/// long.
const STARTUP: Duration = Duration::from_secs(10);

/// A dispatcher: threads with a runtime each, which take tasks from one queue.
pub struct Compio {
    dispatcher: Option<Arc<Dispatcher>>,
    workers: usize,
}

impl Model for Compio {
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let workers = config.workers();
        // A thread that gets none for its runtime ends, and tasks that were
        // dispatched to it wait for ever.
        preflight::descriptors(workers.saturating_mul(DESCRIPTORS))?;
        let threads = NonZero::new(workers).expect("one worker at least");
        let dispatcher = Dispatcher::builder()
            .worker_threads(threads)
            .thread_names(|index| format!("lanes-compio-{index}"))
            .build()?;
        let dispatcher = Some(Arc::new(dispatcher));
        let model = Self { dispatcher, workers };
        model.is_there()?;
        Ok(model)
    }

    fn name(&self) -> &'static str {
        "compio"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

/// A task that was dispatched, with the result that comes back from it.
type Task<T> = Receiver<Result<T, Error>>;

impl Compio {
    /// The caller dispatches the tasks and waits outside of the runtimes.
    fn drive<W: Workload, T>(
        &self,
        job: &Job<W>,
        run: impl FnOnce(Job<W>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if Runtime::try_with_current(|_| ()).is_ok() {
            // The caller would hold back the tasks of its own runtime.
            let why = "a run inside a task of a compio runtime";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(run)
    }

    /// Waits until every thread has run a task. One that cannot open what its
    /// runtime needs ends, and tasks that wait for it are never taken.
    fn is_there(&self) -> Result<(), Error> {
        let begin = Instant::now();
        let mut seen = HashSet::new();
        while seen.len() < self.workers {
            let (here, there) = mpsc::channel();
            drop(self.dispatch(move || async move {
                let _ = here.send(thread::current().id());
                Ok(())
            })?);
            let left = STARTUP.saturating_sub(begin.elapsed());
            let thread = there.recv_timeout(left);
            seen.insert(thread.map_err(|_| Error::threads())?);
        }
        Ok(())
    }

    /// A task on whichever thread takes it first; it stays there.
    fn dispatch<T: Send + 'static, F>(
        &self,
        task: impl FnOnce() -> F + Send + 'static,
    ) -> Result<Task<T>, Error>
    where
        F: Future<Output = Result<T, Error>> + 'static,
    {
        dispatch(self.dispatcher.as_deref(), task)
    }

    /// What a task dispatches others by.
    fn handle(&self) -> Handle {
        let dispatcher = self.dispatcher.as_ref();
        Handle(dispatcher.map(Arc::downgrade).unwrap_or_default())
    }
}

/// It keeps no dispatcher: the model has to have the last one, to join it.
struct Handle(Weak<Dispatcher>);

impl Handle {
    /// As [`Compio::dispatch`].
    fn dispatch<T: Send + 'static, F>(
        &self,
        task: impl FnOnce() -> F + Send + 'static,
    ) -> Result<Task<T>, Error>
    where
        F: Future<Output = Result<T, Error>> + 'static,
    {
        dispatch(self.0.upgrade().as_deref(), task)
    }
}

/// The result of a task is lost with a panic that is not caught.
fn dispatch<T: Send + 'static, F>(
    dispatcher: Option<&Dispatcher>,
    task: impl FnOnce() -> F + Send + 'static,
) -> Result<Task<T>, Error>
where
    F: Future<Output = Result<T, Error>> + 'static,
{
    let caught = move || caught_future(async move { task().await });
    dispatcher
        .and_then(|dispatcher| dispatcher.dispatch(caught).ok())
        .ok_or_else(|| Error::WorkerDied("every thread has ended".into()))
}

/// Waits, outside of the runtimes, for a task that was dispatched.
fn join<T>(task: Result<Task<T>, Error>) -> Result<T, Error> {
    let lost = |_| Err(Error::WorkerDied("a task was dropped".into()));
    future::block_on(task?).unwrap_or_else(lost)
}

/// Waits for every task, also after one has failed.
fn join_all<T>(
    tasks: impl IntoIterator<Item = Result<Task<T>, Error>>,
) -> Result<Vec<T>, Error> {
    let tasks: Vec<_> = tasks.into_iter().collect();
    let results: Vec<_> = tasks.into_iter().map(join).collect();
    results.into_iter().collect()
}

/// What a task of the same thread has left: its result, or its panic, which is
/// an error of its handle.
fn joined<T>(left: Result<Result<T, Error>, JoinError>) -> Result<T, Error> {
    left.unwrap_or_else(|error| match error {
        JoinError::Panicked(payload) => Err(panicked(payload)),
        JoinError::Cancelled => Err(Error::Cancelled),
    })
}

/// Dropping a dispatcher only closes its queue: this waits for the threads.
impl Drop for Compio {
    fn drop(&mut self) {
        let last = self.dispatcher.take().and_then(Arc::into_inner);
        if let Some(dispatcher) = last {
            // A thread catches the panics of its tasks.
            let _ = caught(|| Ok(future::block_on(dispatcher.join())?));
        }
    }
}

/// A connection to a server; opened by its first request.
#[derive(Default)]
struct Connection(Option<TcpStream>);

impl Connection {
    /// Sends the request and waits for the whole reply; the worker is free
    /// meanwhile.
    async fn exchange(
        &mut self,
        request: &Request,
        context: &Context,
        task: usize,
    ) -> Result<Vec<u8>, Error> {
        context.wait(task, self.talk(request)).await
    }

    /// The kernel reads from and writes to buffers that it owns meanwhile.
    async fn talk(&mut self, request: &Request) -> Result<Vec<u8>, Error> {
        let stream = match &mut self.0 {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(request.address).await?;
                stream.set_nodelay(true)?;
                self.0.insert(stream)
            }
        };
        let BufResult(written, _) = stream.write_all(request.bytes()).await;
        written?;
        let reply = Vec::with_capacity(request.reply_bytes());
        let BufResult(read, reply) = stream.read_exact(reply).await;
        read?;
        Ok(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_conformance::isolated;
    use lanes_core::workload::Sleepers;
    use lanes_core::{Probe, Run, Watch};

    #[test]
    fn sleepers_are_cancelled_by_a_stop() {
        isolated(|| {
            let model = Compio::start(&Config::new(2)?)?;
            let hour = Duration::from_secs(3600);
            let job = Job::new(&Sleepers { tasks: 9, wait: hour }, 7)?;
            // The last one never comes, so that all others wait on.
            let last: Probe = Arc::new(|task| match task {
                8 => Err(Error::Task("the last one".into())),
                _ => Ok(()),
            });
            let watch = Watch { probe: Some(last), ..Watch::default() };
            let run = model.run(&job.under(&Context::watching(watch)?));
            assert_eq!(run.err(), Some(Error::Task("the last one".into())));
            Ok(())
        });
    }
}
