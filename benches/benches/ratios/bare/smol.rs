//! smol's executor, run by threads of our own.

use super::{Bare, Boxed, Warm, part};
use lanes_core::workload::{Double, Max};
use lanes_core::{Job, kernel};
use std::sync::Arc;
use std::thread;

pub(super) struct Smol {
    executor: Arc<smol::Executor<'static>>,
    threads: Vec<thread::JoinHandle<()>>,
    running: Option<smol::channel::Sender<()>>,
}

impl Smol {
    pub(super) fn start(workers: usize) -> Self {
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
