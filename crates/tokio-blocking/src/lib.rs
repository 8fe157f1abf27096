//! tokio where a task waits, and its blocking threads where it computes.
//!
//! A task hands its computation to [`spawn_blocking`] and awaits the handle, so
//! that the threads that poll tasks are free for I/O. tokio has up to 512
//! blocking threads by default, since most of them wait. Its documentation says
//! of many computations: a semaphore, or another bound, should limit how many
//! run at once, and a pool made for computing may be a better fit. Here the
//! pool itself is the bound: it has as many threads as the model has workers,
//! and computations beyond that wait in its queue.
//!
//! Of the threads that a model has, half compute: the reported workers are the
//! blocking threads, and as many more poll the tasks. Every computation is
//! handed over, however short it is. That is what the rows of short ones show.
//!
//! `event`, `ring`, `channel` and `philosophers` are left out: they compute
//! nothing, so that they would be the code of tokio alone. `fib`, `skynet` and
//! `uts` cannot be had: a computation that waits for another one holds its
//! thread, and where all threads wait none is left to compute. So it is with
//! the stages of `pipeline`. The subtrees of `nqueens` below the cut-off wait
//! for none.
//!
//! [`spawn_blocking`]: tokio::task::spawn_blocking

lanes_core::cells! { for TokioBlocking:
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    counter::Counter,
    dictionary::Dictionary,
    spawn::Spawn,
    shape::Shape,
    pool::Pool,
    nqueens::Nqueens,
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
    Config, Context, Error, Job, Model, Workload, caught, panicked,
};
use std::future::Future;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};
use std::{io, thread};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinError;

/// A multi-threaded tokio runtime, whose blocking threads compute.
pub struct TokioBlocking {
    runtime: Runtime,
    workers: usize,
}

impl Model for TokioBlocking {
    /// As many threads that poll tasks as workers. The blocking threads are
    /// started here and kept: where the system refuses the first one in a run,
    /// its task stays in the queue, and is never dropped.
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let workers = config.workers();
        let mut builder = Builder::new_multi_thread();
        builder
            .worker_threads(workers)
            .max_blocking_threads(workers)
            .thread_keep_alive(Duration::MAX)
            .thread_name("lanes-blocking")
            .enable_io()
            .enable_time();
        let runtime = built(move || builder.build(), STARTUP)?;
        fill(&runtime, workers, STARTUP)?;
        Ok(Self { runtime, workers })
    }

    fn name(&self) -> &'static str {
        "tokio-blocking"
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
    let thread = thread::Builder::new().name("lanes-blocking-start".into());
    let thread = thread.spawn(move || sender.send(build()))?;
    let Ok(runtime) = runtime.recv_timeout(startup) else {
        return Err(Error::threads());
    };
    // It has nothing left to do.
    let _ = thread.join();
    Ok(runtime?)
}

/// Has the runtime start so many blocking threads: it starts one where a
/// computation finds none idle, so as many computations are there at once.
fn fill(
    runtime: &Runtime,
    threads: usize,
    startup: Duration,
) -> Result<(), Error> {
    let begin = Instant::now();
    let (here, there) = mpsc::channel();
    let gate = Arc::new(Mutex::new(()));
    // Each waits at the gate until this is dropped, also by an early return.
    let _closed = gate.lock();
    // It panics where the system refuses the first thread.
    let start = || {
        let (here, gate) = (here.clone(), Arc::clone(&gate));
        runtime.spawn_blocking(move || {
            let _ = here.send(());
            drop(gate.lock());
        });
        Ok(())
    };
    let start = || (0..threads).try_for_each(|_| start());
    caught(start).map_err(|_| Error::threads())?;
    for _ in 0..threads {
        let left = startup.saturating_sub(begin.elapsed());
        there.recv_timeout(left).map_err(|_| Error::threads())?;
    }
    Ok(())
}

impl TokioBlocking {
    /// Runs on a thread that polls tasks, while the caller waits outside:
    /// `block_on` alone would run the future on the caller's thread. A failure
    /// stops the tasks that are not joined, and this waits until they have
    /// ended; those in the queue for a blocking thread still take their turn.
    fn drive<W, T, F>(
        &self,
        job: &Job<W>,
        run: impl FnOnce(Job<W>) -> F,
    ) -> Result<T, Error>
    where
        W: Workload,
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if Handle::try_current().is_ok() {
            // `block_on` would panic, and a blocking thread would be held.
            let why = "a run inside a task of a tokio runtime";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(|job| {
            let task = self.runtime.spawn(run(job));
            joined(self.runtime.block_on(task))
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
    fn a_pool_with_fewer_threads_than_workers_is_refused() {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(1)
            .build()
            .unwrap();
        let short = Duration::from_millis(50);
        assert_eq!(fill(&runtime, 2, short), Err(Error::threads()));
        // The one that it has is free again.
        assert_eq!(fill(&runtime, 1, STARTUP), Ok(()));
    }
}
