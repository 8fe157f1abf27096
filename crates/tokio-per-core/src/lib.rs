//! tokio, with a current-thread runtime for each core: a task stays on the core
//! that it was dealt to, and nobody steals it.
//!
//! Servers do so to keep a connection and all that belongs to it on one thread.
//! Each thread drives a runtime of its own by `block_on`, as tokio's
//! documentation asks of that scheduler, with its own queue, timers and I/O
//! driver. Tasks are dealt in turn, by [`Handle::spawn`]: where tasks differ in
//! length, a core may be idle while another has tasks that wait. A task for
//! another core goes through a queue under a lock, and wakes that core's I/O
//! driver.
//!
//! Every thread computes and is a worker. `read` adds a blocking thread for
//! each, since tokio reads files on those.

lanes_core::cells! { for TokioPerCore:
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
    Config, Context, Error, Job, Model, Workload, panicked, preflight,
};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot::{self, Sender};
use tokio::task::{JoinError, JoinHandle};

/// Threads with a tokio runtime each.
pub struct TokioPerCore {
    cores: Arc<Cores>,
    threads: Vec<Thread>,
}

/// A thread that drives its runtime until the sender is dropped.
struct Thread {
    running: Sender<()>,
    thread: thread::JoinHandle<()>,
}

/// What the runtime of a core opens at most: a poller, what wakes it, and a
/// duplicate.
const DESCRIPTORS: usize = 4;

impl Model for TokioPerCore {
    /// As many blocking threads as workers, one for each runtime, once files
    /// are read.
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let workers = config.workers();
        preflight::descriptors(workers.saturating_mul(DESCRIPTORS))?;
        let mut handles = Vec::with_capacity(workers);
        let mut threads = Vec::with_capacity(workers);
        let mut start = |index| {
            let runtime = Builder::new_current_thread()
                .max_blocking_threads(1)
                .thread_name("lanes-per-core")
                .enable_io()
                .enable_time()
                .build()?;
            handles.push(runtime.handle().clone());
            let (running, stopped) = oneshot::channel();
            let name = format!("lanes-per-core-{index}");
            let builder = thread::Builder::new().name(name);
            let thread = builder.spawn(move || {
                // It ends with an error, since nothing is ever sent.
                let _ = runtime.block_on(stopped);
            })?;
            threads.push(Thread { running, thread });
            Ok::<_, Error>(())
        };
        let started = (0..workers).try_for_each(&mut start);
        let cores = Arc::new(Cores { handles, next: AtomicUsize::new(0) });
        // Dropped by an early return, it ends the threads it has.
        let model = Self { cores, threads };
        started?;
        Ok(model)
    }

    fn name(&self) -> &'static str {
        "tokio-per-core"
    }

    fn workers(&self) -> usize {
        self.threads.len()
    }
}

/// The runtimes of all cores, and whose turn it is.
struct Cores {
    handles: Vec<Handle>,
    next: AtomicUsize,
}

impl Cores {
    /// Starts a task on the next core, where it stays.
    fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.handles[turn % self.handles.len()].spawn(task)
    }
}

impl TokioPerCore {
    /// Runs on a core, while the caller waits outside. A failure stops the
    /// tasks that are not joined, and this waits until they have ended.
    fn drive<W, T, F>(
        &self,
        job: &Job<W>,
        run: impl FnOnce(Job<W>, Arc<Cores>) -> F,
    ) -> Result<T, Error>
    where
        W: Workload,
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if Handle::try_current().is_ok() {
            // The core would wait for a task that it has to run itself.
            let why = "a run inside a task of a tokio runtime";
            return Err(Error::Unsupported(why.into()));
        }
        job.settled(|job| {
            let task = self.cores.spawn(run(job, Arc::clone(&self.cores)));
            // Of a handle: it only waits, and drives no runtime.
            joined(self.cores.handles[0].block_on(task))
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

/// Each thread drops its runtime when it ends.
impl Drop for TokioPerCore {
    fn drop(&mut self) {
        // All are asked to end before the first is waited for.
        let ends = self.threads.drain(..).map(|Thread { running, thread }| {
            drop(running);
            thread
        });
        for thread in ends.collect::<Vec<_>>() {
            // A task keeps its panic for where it is awaited.
            let _ = thread.join();
        }
    }
}

/// A connection to a server; opened by its first request.
#[derive(Default)]
struct Connection(Option<TcpStream>);

impl Connection {
    /// Sends the request and waits for the whole reply; the core is free
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
    use std::collections::HashSet;
    use tokio::task::yield_now;

    #[test]
    fn tasks_are_dealt_in_turn_and_stay_where_they_are() {
        let model = TokioPerCore::start(&Config::new(3).unwrap()).unwrap();
        let places = || async {
            let before = thread::current().id();
            yield_now().await;
            (before, thread::current().id())
        };
        let tasks = [(); 6].map(|()| model.cores.spawn(places()));
        let places = tasks.map(|task| {
            let (before, after) =
                model.cores.handles[0].block_on(task).unwrap();
            assert_eq!(before, after);
            after
        });
        assert_eq!(places[..3], places[3..]);
        assert_eq!(places.into_iter().collect::<HashSet<_>>().len(), 3);
    }
}
