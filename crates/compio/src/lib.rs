//! compio: an async runtime for each thread, whose I/O is completed by the
//! kernel (io_uring).

lanes_core::cells! { for Compio:
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    shape::Shape,
}

use compio::buf::BufResult;
use compio::dispatcher::Dispatcher;
use compio::io::{AsyncReadExt, AsyncWriteExt};
use compio::net::TcpStream;
use compio::runtime::Runtime;
use futures_channel::oneshot::Receiver;
use futures_lite::future;
use lanes_core::request::Request;
use lanes_core::{
    Config, Context, Error, Job, Model, Workload, caught, caught_future,
    preflight,
};
use std::collections::HashSet;
use std::num::NonZero;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// What a runtime opens at most: a ring or a poller, and what wakes it.
const DESCRIPTORS: usize = 8;

/// How long the threads may take to start: only those that never will take so
/// long.
const STARTUP: Duration = Duration::from_secs(10);

/// A dispatcher: threads with a runtime each, which take tasks from one queue.
pub struct Compio {
    dispatcher: Option<Dispatcher>,
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
        let model = Self { dispatcher: Some(dispatcher), workers };
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

    /// A task on whichever thread takes it first; it stays there. The result is
    /// lost with a panic that is not caught.
    fn dispatch<T: Send + 'static, F>(
        &self,
        task: impl FnOnce() -> F + Send + 'static,
    ) -> Result<Task<T>, Error>
    where
        F: Future<Output = Result<T, Error>> + 'static,
    {
        let dispatcher = self.dispatcher.as_ref();
        let dispatcher = dispatcher.expect("there until it is dropped");
        let caught = move || caught_future(async move { task().await });
        dispatcher
            .dispatch(caught)
            .map_err(|_| Error::WorkerDied("every thread has ended".into()))
    }
}

/// Waits for every task, also after one has failed.
fn join_all<T>(
    tasks: impl IntoIterator<Item = Result<Task<T>, Error>>,
) -> Result<Vec<T>, Error> {
    let tasks: Vec<_> = tasks.into_iter().collect();
    let mut results = Vec::with_capacity(tasks.len());
    for task in tasks {
        let lost = |_| Err(Error::WorkerDied("a task was dropped".into()));
        results.push(
            task.and_then(|task| future::block_on(task).unwrap_or_else(lost)),
        );
    }
    results.into_iter().collect()
}

/// Dropping a dispatcher only closes its queue: this waits for the threads.
impl Drop for Compio {
    fn drop(&mut self) {
        if let Some(dispatcher) = self.dispatcher.take() {
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
