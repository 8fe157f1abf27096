//! async-std: the standard library's interface, async, on one executor for the
//! whole process.
//!
//! **Discontinued** (RUSTSEC-2025-0052): its authors point to smol. It is here
//! since programs still have it.

mod claim;

lanes_core::cells! { for AsyncStd:
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

use async_std::io::ReadExt;
use async_std::io::prelude::WriteExt;
use async_std::net::TcpStream;
use async_std::task;
use claim::Claim;
use lanes_core::request::Request;
use lanes_core::{Config, Context, Error, Job, Model, Workload, caught_future};
use std::future::Future;

/// The global executor of async-std, with a set number of threads.
pub struct AsyncStd {
    _claim: Claim,
    workers: usize,
}

impl Model for AsyncStd {
    /// As many blocking threads as workers. One executor serves the whole
    /// process: while a model is there, another can only have the same number
    /// of workers. Its threads stay when the last model is dropped, and are
    /// used again by the next.
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let claim = Claim::new(config.workers())?;
        let workers = claim.threads();
        Ok(Self { _claim: claim, workers })
    }

    fn name(&self) -> &'static str {
        "async-std"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl AsyncStd {
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
        if task::try_current().is_some() {
            // The worker would wait for a task that it has to run itself.
            let why = "a run inside a task of the executor";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(|job| {
            // The panic of a task is rethrown where the task is awaited.
            task::block_on(caught_future(task::spawn(run(job))))
        })
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
