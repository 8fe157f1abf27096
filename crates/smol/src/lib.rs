//! smol: a small async executor, driven here by threads of the model's own.

lanes_core::cells! { for Smol:
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
use lanes_core::{
    Config, Context, Error, Job, Model, Workload, caught, caught_future,
};
use smol::channel::{Sender, bounded};
use smol::io::{AsyncReadExt, AsyncWriteExt};
use smol::net::TcpStream;
use smol::{Executor, Timer, future};
use std::cell::Cell;
use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// An executor of its own: smol's global one has a single thread.
pub struct Smol {
    executor: Arc<Executor<'static>>,
    threads: Vec<JoinHandle<()>>,
    /// Dropped to end the threads.
    running: Option<Sender<()>>,
    workers: usize,
}

thread_local! {
    static WORKER: Cell<bool> = const { Cell::new(false) };
}

impl Model for Smol {
    /// As many blocking threads as workers: one pool serves the whole process,
    /// and its threads stay.
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        caught(reactor)?;
        if let Some(workers) = NonZeroUsize::new(config.workers()) {
            blocking::set_max_blocking_threads(workers);
        }
        let executor = Arc::new(Executor::new());
        let (running, stopped) = bounded::<()>(1);
        let (threads, running) = (Vec::new(), Some(running));
        let workers = config.workers();
        // Dropped by an early return, it ends the threads it has.
        let mut model = Self { executor, threads, running, workers };
        for index in 0..config.workers() {
            let executor = Arc::clone(&model.executor);
            let stopped = stopped.clone();
            let name = format!("lanes-smol-{index}");
            let thread = thread::Builder::new().name(name).spawn(move || {
                WORKER.set(true);
                // `smol::block_on` also polls the reactor on this thread.
                smol::block_on(executor.run(stopped.recv())).ok();
            });
            model.threads.push(thread?);
        }
        Ok(model)
    }

    fn name(&self) -> &'static str {
        "smol"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

/// Uses the reactor once, which is one for the whole process. Where the system
/// refuses it, each use panics: here, not in a thread that would end unseen.
fn reactor() -> Result<(), Error> {
    let timer = Timer::after(Duration::from_secs(1));
    future::block_on(future::poll_once(timer));
    Ok(())
}

impl Smol {
    /// Runs on a worker, while the caller waits outside. A failure cancels the
    /// tasks that are not joined, and this waits until they have ended.
    fn drive<W, T, F>(
        &self,
        job: &Job<W>,
        run: impl FnOnce(Job<W>, Arc<Executor<'static>>) -> F,
    ) -> Result<T, Error>
    where
        W: Workload,
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if WORKER.get() {
            // The worker would wait for a task that it has to run itself.
            let why = "a run inside a task of the executor";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(|job| {
            let run = run(job, Arc::clone(&self.executor));
            // The panic of a task is rethrown where the task is awaited.
            future::block_on(caught_future(self.executor.spawn(run)))
        })
    }
}

impl Drop for Smol {
    fn drop(&mut self) {
        self.running = None;
        for thread in self.threads.drain(..) {
            // A task keeps its panic for where it is awaited.
            let _ = thread.join();
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
