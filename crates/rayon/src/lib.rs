//! rayon: data parallelism and fork-join on a work-stealing pool.

lanes_core::cells! { for Rayon:
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

use lanes_core::{Config, Error, Model, caught};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use std::error::Error as _;
use std::io;
use std::thread::{self, JoinHandle};

/// A rayon pool of its own, apart from the global one.
pub struct Rayon {
    pool: Option<ThreadPool>,
    threads: Vec<JoinHandle<()>>,
    workers: usize,
}

impl Model for Rayon {
    fn start(config: &Config) -> Result<Self, Error> {
        config.preflight()?;
        let mut threads = Vec::new();
        let built = ThreadPoolBuilder::new()
            .num_threads(config.workers())
            .spawn_handler(|worker| {
                let name = format!("lanes-rayon-{}", worker.index());
                let builder = thread::Builder::new().name(name);
                threads.push(builder.spawn(|| worker.run())?);
                Ok(())
            })
            .build();
        // Dropped by an early return, it waits for the threads it has.
        let mut model = Self { pool: None, threads, workers: 0 };
        let pool = built.map_err(refused)?;
        model.workers = pool.current_num_threads();
        model.pool = Some(pool);
        Ok(model)
    }

    fn name(&self) -> &'static str {
        "rayon"
    }

    fn workers(&self) -> usize {
        self.workers
    }
}

impl Rayon {
    /// Runs on a worker of the pool, while the caller waits outside of it.
    /// `install` rethrows the panic of a task once its siblings have ended.
    fn drive<T: Send>(
        &self,
        run: impl FnOnce() -> Result<T, Error> + Send,
    ) -> Result<T, Error> {
        let pool = self.pool.as_ref().expect("there until it is dropped");
        caught(|| pool.install(run))
    }
}

/// What the system said where it refused a thread.
fn refused(error: ThreadPoolBuildError) -> Error {
    let source = error.source().and_then(|source| source.downcast_ref());
    match source.and_then(io::Error::raw_os_error) {
        Some(number) => io::Error::from_raw_os_error(number).into(),
        None => Error::Task(error.to_string()),
    }
}

/// Dropping a rayon pool only asks its threads to end: this waits for them.
impl Drop for Rayon {
    fn drop(&mut self) {
        self.pool = None;
        for thread in self.threads.drain(..) {
            // A worker catches the panics of its tasks.
            let _ = thread.join();
        }
    }
}
