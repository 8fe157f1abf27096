//! tokio: an async runtime with a work-stealing scheduler and its own I/O.

lanes_core::cells! { for Tokio:
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    counter::Counter,
    dictionary::Dictionary,
    event::Event,
    ring::Ring,
    channel::Channel,
    pipeline::Pipeline,
    philosophers::Philosophers,
    spawn::Spawn,
    fib::Fib,
    shape::Shape,
    pool::Pool,
    phases::Phases,
    skynet::Skynet,
    nqueens::Nqueens,
    uts::Uts,
    matmul::Matmul,
    sort::Sort,
    mandelbrot::Mandelbrot,
    wordcount::Wordcount,
    primes::Primes,
    sleepers::Sleepers,
    burst::Burst,
    trickle::Trickle,
    cancel::Cancel,
    echo::Echo,
}

use lanes_core::request::Request;
use lanes_core::{Config, Context, Error, Job, Model, Workload, panicked};
use std::future::Future;
use std::sync::mpsc;
use std::time::Duration;
use std::{io, thread};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinError;

/// A multi-threaded tokio runtime.
pub struct Tokio {
    runtime: Runtime,
    workers: usize,
}

impl Model for Tokio {
    /// As many blocking threads as workers.
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let mut builder = Builder::new_multi_thread();
        builder
            .worker_threads(config.workers())
            .max_blocking_threads(config.workers())
            .thread_name("lanes-tokio")
            .enable_io()
            .enable_time();
        let runtime = built(move || builder.build(), STARTUP)?;
        let workers = runtime.metrics().num_workers();
        Ok(Self { runtime, workers })
    }

    fn name(&self) -> &'static str {
        "tokio"
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
    let thread = thread::Builder::new().name("lanes-tokio-start".into());
    let thread = thread.spawn(move || sender.send(build()))?;
    let Ok(runtime) = runtime.recv_timeout(startup) else {
        return Err(Error::threads());
    };
    // It has nothing left to do.
    let _ = thread.join();
    Ok(runtime?)
}

impl Tokio {
    /// Runs on a worker, while the caller waits outside: `block_on` alone would
    /// run the future on the caller's thread. A failure stops the tasks that
    /// are not joined, and this waits until they have ended.
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
            // `block_on` would panic.
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
}
