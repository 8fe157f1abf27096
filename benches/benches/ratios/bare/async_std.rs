//! async-std's executor, of which a process has one.

use super::{Bare, Boxed, Warm, part};
use lanes_core::workload::{Double, Max};
use lanes_core::{Job, kernel};

pub(super) struct AsyncStd;

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
