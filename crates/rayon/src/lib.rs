//! rayon: data parallelism and fork-join on a work-stealing pool.

lanes_core::cells! { for Rayon:
    max::Max,
    double::Double,
    join::Join,
    subtasks::Subtasks,
    fetch::Fetch,
    read::Read,
    counter::Counter,
    event::Event,
    spawn::Spawn,
    fib::Fib,
}

use lanes_core::{Config, Error, Model, caught};
use rayon::{ThreadPool, ThreadPoolBuilder};
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
        let pool = ThreadPoolBuilder::new()
            .num_threads(config.workers())
            .spawn_handler(|worker| {
                let name = format!("lanes-rayon-{}", worker.index());
                let builder = thread::Builder::new().name(name);
                threads.push(builder.spawn(|| worker.run())?);
                Ok(())
            })
            .build()
            .map_err(|error| Error::Task(error.to_string()))?;
        let workers = pool.current_num_threads();
        Ok(Self { pool: Some(pool), threads, workers })
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
