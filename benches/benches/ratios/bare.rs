//! The shortest idiomatic code of each library, without the trait around it.
//!
//! It runs the same kernels on the same list (a job serves as the counted
//! handle to it), cut into as many parts and into memory that is warm already.
//! But it looks at no cancel flag, returns no errors and joins as it pleases. A
//! runtime's root task is spawned here too: `block_on` would lend it the
//! caller's thread as one more worker.

mod bridge;

use lanes_core::workload::{Double, Max};
use lanes_core::{Job, kernel};
use lanes_crossbeam::pool::{self, Pool};
use rayon::prelude::*;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

/// Pieces of a list, whose memory is used again.
pub(crate) type Warm = Vec<Vec<u64>>;
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

/// Four workloads in one library.
pub(crate) trait Bare {
    /// How many parts a list of so many grains is cut into.
    fn parts(&self, workers: usize, _grains: usize) -> usize {
        workers
    }
    /// The largest number, in so many parts.
    fn max(&self, list: &Job<Max>, parts: usize) -> u64;
    /// Every number times two, into the pieces, one a part.
    fn double(&self, list: &Job<Double>, warm: Warm) -> Warm;
    /// The sum of the numbers of the tasks.
    fn spawn(&self, tasks: u64) -> u64;
    /// A Fibonacci number, forking for every addition.
    fn fib(&self, n: u32) -> u64;
}

/// The bare form of a model; `None` for the yardstick and for models that have
/// no bound.
pub(crate) fn form(name: &str, workers: usize) -> Option<Box<dyn Bare>> {
    Some(match name {
        "sequential" | "tokio-blocking" | "tokio-per-core" => return None,
        "threads" => Box::new(Threads),
        "crossbeam" => Box::new(Crossbeam(Pool::start(workers).unwrap())),
        "rayon" => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(workers);
            Box::new(Rayon(pool.build().unwrap()))
        }
        "tokio" => {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            Box::new(Tokio(runtime.worker_threads(workers).build().unwrap()))
        }
        // The model that is measured beside it has set the thread count.
        "async-std" => Box::new(AsyncStd),
        "smol" => Box::new(Smol::start(workers)),
        "tokio-rayon" => Box::new(bridge::Bridge::start(workers)),
        other => panic!("{other} has no bare form: write one"),
    })
}

/// The part of a list that belongs to a piece.
fn part(list: &[u64], index: usize, parts: usize) -> &[u64] {
    let len = list.len().div_ceil(parts);
    &list[index * len..list.len().min((index + 1) * len)]
}

struct Threads;

impl Bare for Threads {
    fn max(&self, list: &Job<Max>, parts: usize) -> u64 {
        thread::scope(|scope| {
            let start = |index| {
                scope
                    .spawn(move || kernel::max(part(list.list(), index, parts)))
            };
            let threads: Vec<_> = (0..parts).map(start).collect();
            threads.into_iter().map(|t| t.join().unwrap()).max().unwrap()
        })
    }

    fn double(&self, list: &Job<Double>, mut warm: Warm) -> Warm {
        let parts = warm.len();
        thread::scope(|scope| {
            for (index, piece) in warm.iter_mut().enumerate() {
                scope.spawn(move || {
                    kernel::double(part(list.list(), index, parts), piece);
                });
            }
        });
        warm
    }

    fn spawn(&self, tasks: u64) -> u64 {
        thread::scope(|scope| {
            let start = |task| scope.spawn(move || task);
            let threads: Vec<_> = (0..tasks).map(start).collect();
            threads.into_iter().map(|t| t.join().unwrap()).sum()
        })
    }

    fn fib(&self, n: u32) -> u64 {
        if n < 2 {
            return n.into();
        }
        thread::scope(|scope| {
            let left = scope.spawn(|| self.fib(n - 1));
            let right = self.fib(n - 2);
            left.join().unwrap() + right
        })
    }
}

struct Crossbeam(Pool);

impl Bare for Crossbeam {
    fn max(&self, list: &Job<Max>, parts: usize) -> u64 {
        let list = list.clone();
        let root = self.0.spawn(move || {
            let start = |index| {
                let list = list.clone();
                pool::spawn(move || {
                    Ok(kernel::max(part(list.list(), index, parts)))
                })
            };
            let tasks: Vec<_> = (0..parts).map(start).collect();
            Ok(tasks.into_iter().map(|t| t.join().unwrap()).max().unwrap())
        });
        root.join().unwrap()
    }

    fn double(&self, list: &Job<Double>, warm: Warm) -> Warm {
        let list = list.clone();
        let root = self.0.spawn(move || {
            let parts = warm.len();
            let start = |(index, mut piece): (usize, Vec<u64>)| {
                let list = list.clone();
                pool::spawn(move || {
                    kernel::double(part(list.list(), index, parts), &mut piece);
                    Ok(piece)
                })
            };
            let tasks: Vec<_> =
                warm.into_iter().enumerate().map(start).collect();
            Ok(tasks.into_iter().map(|t| t.join().unwrap()).collect())
        });
        root.join().unwrap()
    }

    fn spawn(&self, tasks: u64) -> u64 {
        let root = self.0.spawn(move || {
            let start = |task| pool::spawn(move || Ok(task));
            let tasks: Vec<_> = (0..tasks).map(start).collect();
            Ok(tasks.into_iter().map(|t| t.join().unwrap()).sum())
        });
        root.join().unwrap()
    }

    fn fib(&self, n: u32) -> u64 {
        fn fib(n: u32) -> u64 {
            if n < 2 {
                return n.into();
            }
            let left = pool::spawn(move || Ok(fib(n - 1)));
            let right = fib(n - 2);
            left.join().unwrap() + right
        }
        self.0.spawn(move || Ok(fib(n))).join().unwrap()
    }
}

struct Rayon(rayon::ThreadPool);

impl Bare for Rayon {
    fn parts(&self, _workers: usize, grains: usize) -> usize {
        grains
    }

    fn max(&self, list: &Job<Max>, parts: usize) -> u64 {
        let len = list.list().len().div_ceil(parts);
        let chunks =
            || list.list().par_chunks(len).map(kernel::max).max().unwrap();
        self.0.install(chunks)
    }

    fn double(&self, list: &Job<Double>, mut warm: Warm) -> Warm {
        let len = list.list().len().div_ceil(warm.len());
        self.0.install(|| {
            let pieces = list.list().par_chunks(len).zip(&mut warm);
            pieces.for_each(|(part, piece)| kernel::double(part, piece));
        });
        warm
    }

    fn spawn(&self, tasks: u64) -> u64 {
        self.0.install(|| {
            let mut results = vec![0; tasks as usize];
            rayon::scope(|scope| {
                for (task, result) in results.iter_mut().enumerate() {
                    scope.spawn(move |_| *result = task as u64);
                }
            });
            results.into_iter().sum()
        })
    }

    fn fib(&self, n: u32) -> u64 {
        fn fib(n: u32) -> u64 {
            if n < 2 {
                return n.into();
            }
            let (left, right) = rayon::join(|| fib(n - 1), || fib(n - 2));
            left + right
        }
        self.0.install(|| fib(n))
    }
}

struct Tokio(tokio::runtime::Runtime);

impl Tokio {
    fn root<T: Send + 'static>(
        &self,
        root: impl Future<Output = T> + Send + 'static,
    ) -> T {
        self.0.block_on(async { tokio::spawn(root).await.unwrap() })
    }
}

impl Bare for Tokio {
    fn max(&self, list: &Job<Max>, parts: usize) -> u64 {
        let list = list.clone();
        self.root(async move {
            let start = |index| {
                let list = list.clone();
                tokio::spawn(async move {
                    kernel::max(part(list.list(), index, parts))
                })
            };
            let tasks: Vec<_> = (0..parts).map(start).collect();
            let mut most = 0;
            for task in tasks {
                most = most.max(task.await.unwrap());
            }
            most
        })
    }

    fn double(&self, list: &Job<Double>, warm: Warm) -> Warm {
        let list = list.clone();
        self.root(async move {
            let parts = warm.len();
            let start = |(index, mut piece): (usize, Vec<u64>)| {
                let list = list.clone();
                tokio::spawn(async move {
                    kernel::double(part(list.list(), index, parts), &mut piece);
                    piece
                })
            };
            let tasks: Vec<_> =
                warm.into_iter().enumerate().map(start).collect();
            let mut warm = Vec::new();
            for task in tasks {
                warm.push(task.await.unwrap());
            }
            warm
        })
    }

    fn spawn(&self, tasks: u64) -> u64 {
        self.root(async move {
            let start = |task| tokio::spawn(async move { task });
            let tasks: Vec<_> = (0..tasks).map(start).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            sum
        })
    }

    fn fib(&self, n: u32) -> u64 {
        fn fib(n: u32) -> Boxed {
            Box::pin(async move {
                if n < 2 {
                    return n.into();
                }
                let left = tokio::spawn(fib(n - 1));
                let right = fib(n - 2).await;
                left.await.unwrap() + right
            })
        }
        self.root(fib(n))
    }
}

struct AsyncStd;

impl AsyncStd {
    fn root<T: Send + 'static>(
        &self,
        root: impl Future<Output = T> + Send + 'static,
    ) -> T {
        async_std::task::block_on(async_std::task::spawn(root))
    }
}

impl Bare for AsyncStd {
    fn max(&self, list: &Job<Max>, parts: usize) -> u64 {
        let list = list.clone();
        self.root(async move {
            let start = |index| {
                let list = list.clone();
                async_std::task::spawn(async move {
                    kernel::max(part(list.list(), index, parts))
                })
            };
            let tasks: Vec<_> = (0..parts).map(start).collect();
            let mut most = 0;
            for task in tasks {
                most = most.max(task.await);
            }
            most
        })
    }

    fn double(&self, list: &Job<Double>, warm: Warm) -> Warm {
        let list = list.clone();
        self.root(async move {
            let parts = warm.len();
            let start = |(index, mut piece): (usize, Vec<u64>)| {
                let list = list.clone();
                async_std::task::spawn(async move {
                    kernel::double(part(list.list(), index, parts), &mut piece);
                    piece
                })
            };
            let tasks: Vec<_> =
                warm.into_iter().enumerate().map(start).collect();
            let mut warm = Vec::new();
            for task in tasks {
                warm.push(task.await);
            }
            warm
        })
    }

    fn spawn(&self, tasks: u64) -> u64 {
        self.root(async move {
            let start = |task| async_std::task::spawn(async move { task });
            let tasks: Vec<_> = (0..tasks).map(start).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await;
            }
            sum
        })
    }

    fn fib(&self, n: u32) -> u64 {
        fn fib(n: u32) -> Boxed {
            Box::pin(async move {
                if n < 2 {
                    return n.into();
                }
                let left = async_std::task::spawn(fib(n - 1));
                let right = fib(n - 2).await;
                left.await + right
            })
        }
        self.root(fib(n))
    }
}

struct Smol {
    executor: Arc<smol::Executor<'static>>,
    threads: Vec<thread::JoinHandle<()>>,
    running: Option<smol::channel::Sender<()>>,
}

impl Smol {
    fn start(workers: usize) -> Self {
        let executor = Arc::new(smol::Executor::new());
        let (running, stopped) = smol::channel::bounded::<()>(1);
        let start = |_| {
            let (executor, stopped) = (Arc::clone(&executor), stopped.clone());
            thread::spawn(move || {
                smol::block_on(executor.run(stopped.recv())).ok();
            })
        };
        let threads = (0..workers).map(start).collect();
        Self { executor, threads, running: Some(running) }
    }

    fn root<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        root: impl FnOnce(Arc<smol::Executor<'static>>) -> F,
    ) -> T {
        let root = root(Arc::clone(&self.executor));
        smol::future::block_on(self.executor.spawn(root))
    }
}

impl Drop for Smol {
    fn drop(&mut self) {
        self.running = None;
        self.threads.drain(..).for_each(|thread| thread.join().unwrap());
    }
}

impl Bare for Smol {
    fn max(&self, list: &Job<Max>, parts: usize) -> u64 {
        let list = list.clone();
        self.root(|executor| async move {
            let start = |index| {
                let list = list.clone();
                executor.spawn(async move {
                    kernel::max(part(list.list(), index, parts))
                })
            };
            let tasks: Vec<_> = (0..parts).map(start).collect();
            let mut most = 0;
            for task in tasks {
                most = most.max(task.await);
            }
            most
        })
    }

    fn double(&self, list: &Job<Double>, warm: Warm) -> Warm {
        let list = list.clone();
        self.root(|executor| async move {
            let parts = warm.len();
            let start = |(index, mut piece): (usize, Vec<u64>)| {
                let list = list.clone();
                executor.spawn(async move {
                    kernel::double(part(list.list(), index, parts), &mut piece);
                    piece
                })
            };
            let tasks: Vec<_> =
                warm.into_iter().enumerate().map(start).collect();
            let mut warm = Vec::new();
            for task in tasks {
                warm.push(task.await);
            }
            warm
        })
    }

    fn spawn(&self, tasks: u64) -> u64 {
        self.root(|executor| async move {
            let start = |task| executor.spawn(async move { task });
            let tasks: Vec<_> = (0..tasks).map(start).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await;
            }
            sum
        })
    }

    fn fib(&self, n: u32) -> u64 {
        fn fib(executor: Arc<smol::Executor<'static>>, n: u32) -> Boxed {
            Box::pin(async move {
                if n < 2 {
                    return n.into();
                }
                let left = executor.spawn(fib(Arc::clone(&executor), n - 1));
                let right = fib(executor, n - 2).await;
                left.await + right
            })
        }
        self.root(|executor| fib(executor, n))
    }
}
