//! tokio where a task waits, and a rayon pool where it computes.
//!
//! A task hands its computation to the pool by [`ThreadPool::spawn`] and awaits
//! a [`oneshot`] channel, by which the result comes back: the recipe of tokio's
//! documentation ("CPU-bound tasks and blocking code") for computing beside
//! I/O. Once in the pool, a computation has all that rayon offers, parallel
//! iterators and `join` among it.
//!
//! rayon aborts the process where a spawned closure panics and the pool has no
//! handler for it, so that the panic is caught in the closure and sent back as
//! an error.
//!
//! A model has twice as many threads as workers: the reported workers are those
//! of the pool, which compute, and as many more poll the tasks. `read` adds as
//! many blocking threads again, since tokio reads files on those. Every
//! computation is handed over, however short it is. That is what the rows of
//! short ones show.
//!
//! `event`, `ring`, `channel` and `philosophers` are left out: they compute
//! nothing, so that they would be the code of tokio alone. `pipeline` is left
//! out: to hand over each item of each stage costs more than it computes.

lanes_core::cells! { for TokioRayon:
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    counter::Counter,
    dictionary::Dictionary,
    spawn::Spawn,
    fib::Fib,
    shape::Shape,
    pool::Pool,
    skynet::Skynet,
    nqueens::Nqueens,
    uts::Uts,
    matmul::Matmul,
    sort::Sort,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
    burst::Burst,
    trickle::Trickle,
}

use lanes_core::request::Request;
use lanes_core::{
    Config, Context, Error, Job, Model, Workload, caught, panicked, preflight,
};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::error::Error as _;
use std::future::Future;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot::error::RecvError;
use tokio::sync::oneshot::{self, Receiver};
use tokio::task::JoinError;

/// A multi-threaded tokio runtime, and a rayon pool of its own beside it.
pub struct TokioRayon {
    runtime: Option<Runtime>,
    pool: Option<Pool>,
    threads: Vec<JoinHandle<()>>,
    workers: usize,
}

impl Model for TokioRayon {
    /// As many threads that poll tasks as workers, and as many blocking
    /// threads, once files are read.
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        // That asks for two threads a worker: here are three.
        preflight::threads(config.workers() * 3 + 4)?;
        let mut threads = Vec::new();
        let pool = ThreadPoolBuilder::new()
            .num_threads(config.workers())
            .spawn_handler(|worker| {
                let name = format!("lanes-bridge-{}", worker.index());
                let builder = thread::Builder::new().name(name);
                threads.push(builder.spawn(|| worker.run())?);
                Ok(())
            })
            .build();
        // Dropped by an early return, it waits for the threads it has.
        let mut model = Self { runtime: None, pool: None, threads, workers: 0 };
        let pool = pool.map_err(refused)?;
        model.workers = pool.current_num_threads();
        model.pool = Some(Pool(Arc::new(pool)));
        let mut builder = Builder::new_multi_thread();
        builder
            .worker_threads(config.workers())
            .max_blocking_threads(config.workers())
            .thread_name("lanes-bridge")
            .enable_io()
            .enable_time();
        model.runtime = Some(built(move || builder.build(), STARTUP)?);
        Ok(model)
    }

    fn name(&self) -> &'static str {
        "tokio-rayon"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

/// How long a runtime may take to start: only one that never will takes so
/// long.
const STARTUP: Duration = Duration::from_secs(10);

/// A runtime that is built on a thread which can be left behind: where the
/// system refuses a worker, `build` panics, and waits for ever for the workers
/// that it has.
fn built(
    build: impl FnOnce() -> io::Result<Runtime> + Send + 'static,
    startup: Duration,
) -> Result<Runtime, Error> {
    let (sender, runtime) = mpsc::channel();
    let thread = thread::Builder::new().name("lanes-bridge-start".into());
    let thread = thread.spawn(move || sender.send(build()))?;
    let Ok(runtime) = runtime.recv_timeout(startup) else {
        return Err(Error::threads());
    };
    // It has nothing left to do.
    let _ = thread.join();
    Ok(runtime?)
}

/// What the system said where it refused a thread.
fn refused(error: ThreadPoolBuildError) -> Error {
    let source = error.source().and_then(|source| source.downcast_ref());
    match source.and_then(io::Error::raw_os_error) {
        Some(number) => io::Error::from_raw_os_error(number).into(),
        None => Error::Task(error.to_string()),
    }
}

/// The pool that computes, as tasks have it: a counted handle.
#[derive(Clone)]
struct Pool(Arc<ThreadPool>);

impl Pool {
    /// Hands a computation over, at once; its result comes through the channel.
    fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Receiver<Result<T, Error>> {
        let (sender, receiver) = oneshot::channel();
        self.0.spawn(move || {
            // A panic that leaves this closure aborts the process.
            let result = caught(work);
            // Where nobody waits any longer, the result is dropped.
            let _ = sender.send(result);
        });
        receiver
    }
}

/// What has come through the channel of a computation.
fn received<T>(sent: Result<Result<T, Error>, RecvError>) -> Result<T, Error> {
    let lost = || Error::WorkerDied("the pool dropped a computation".into());
    sent.unwrap_or_else(|_| Err(lost()))
}

impl TokioRayon {
    /// Runs on a thread that polls tasks, while the caller waits outside:
    /// `block_on` alone would run the future on the caller's thread. A failure
    /// stops the tasks that are not joined, and this waits until they have
    /// ended.
    fn drive<W, T, F>(
        &self,
        job: &Job<W>,
        run: impl FnOnce(Job<W>, Pool) -> F,
    ) -> Result<T, Error>
    where
        W: Workload,
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let pool = self.pool.as_ref().expect("there until it is dropped");
        let runtime = self.runtime.as_ref().expect("there until it is dropped");
        let computes = pool.0.current_thread_index().is_some();
        if computes || Handle::try_current().is_ok() {
            // The thread would wait for what it has to do itself.
            let why = "a run inside a task of a runtime or of its pool";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(|job| {
            let task = runtime.spawn(run(job, pool.clone()));
            joined(runtime.block_on(task))
        })
    }
}

/// What a task has left: its result, or its panic, which is an error of its
/// handle.
fn joined<T>(left: Result<Result<T, Error>, JoinError>) -> Result<T, Error> {
    left.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(payload) => Err(panicked(payload)),
        Err(_) => Err(Error::Cancelled),
    })
}

/// Dropping a rayon pool only asks its threads to end: this waits for them. The
/// runtime goes first, and with it the last task that has the pool.
impl Drop for TokioRayon {
    fn drop(&mut self) {
        self.runtime = None;
        self.pool = None;
        for thread in self.threads.drain(..) {
            // A worker catches the panics of its tasks.
            let _ = thread.join();
        }
    }
}

/// A connection to a server; opened by its first request.
#[derive(Default)]
struct Connection(Option<TcpStream>);

impl Connection {
    /// Sends the request and waits for the whole reply; no thread is held
    /// meanwhile.
    async fn exchange(
        &mut self,
        request: &Request,
        context: &Context,
        task: usize,
    ) -> Result<Vec<u8>, Error> {
        context.wait(task, self.talk(request)).await
    }

    async fn talk(&mut self, request: &Request) -> Result<Vec<u8>, Error> {
        let stream = match &mut self.0 {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(request.address).await?;
                stream.set_nodelay(true)?;
                self.0.insert(stream)
            }
        };
        stream.write_all(&request.bytes()).await?;
        let mut reply = vec![0; request.reply_bytes()];
        stream.read_exact(&mut reply).await?;
        Ok(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_that_never_starts_is_left_behind() {
        let never = || loop {
            thread::park();
        };
        let refused = built(never, Duration::from_millis(50)).err();
        assert!(matches!(refused, Some(Error::Resource(_))), "{refused:?}");
        let refused = built(|| Err(io::ErrorKind::Other.into()), STARTUP);
        assert!(matches!(refused.err(), Some(Error::Task(_))));
    }

    #[test]
    fn a_panic_in_the_pool_is_an_error_of_the_task() {
        let model = TokioRayon::start(&Config::new(1).unwrap()).unwrap();
        let pool = model.pool.as_ref().unwrap();
        let runtime = model.runtime.as_ref().unwrap();
        let panics = pool.compute(|| -> Result<(), Error> { panic!("here") });
        let result = received(runtime.block_on(panics));
        assert_eq!(result, Err(Error::Panicked("here".into())));
        // Where nobody waits, it still computes, and the pool goes on.
        drop(pool.compute(|| -> Result<(), Error> { panic!("nobody") }));
        let seven = runtime.block_on(pool.compute(|| Ok(7)));
        assert_eq!(received(seven), Ok(7));
    }
}
