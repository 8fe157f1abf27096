//! tokio beside a rayon pool: the recipe of tokio's documentation, with nothing
//! around it.

use super::look::{Leaf, Task};
use super::rayon::{fib, nqueens, skynet, sort_whole, wordcount};
use super::{Bare, Forks, Spawns, Warm};
use lanes_core::workload::{
    Board, Counts, Double, Max, Sort, Stretch, Wordcount,
};
use lanes_core::{Job, kernel};
use rayon::prelude::*;
use std::sync::Arc;
use tokio::sync::oneshot::{self, Receiver};

pub(super) struct Bridge {
    runtime: tokio::runtime::Runtime,
    pool: Arc<rayon::ThreadPool>,
}

impl Bridge {
    pub(super) fn start(workers: usize) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(workers).build().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers);
        Self { runtime, pool: Arc::new(pool.build().unwrap()) }
    }

    /// A task that hands this over and awaits it.
    fn root<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let pool = Arc::clone(&self.pool);
        let root = async move { hand_over(&pool, work).await.unwrap() };
        self.runtime.block_on(async { tokio::spawn(root).await.unwrap() })
    }
}

fn hand_over<T: Send + 'static>(
    pool: &rayon::ThreadPool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Receiver<T> {
    let (sender, receiver) = oneshot::channel();
    pool.spawn(move || drop(sender.send(work())));
    receiver
}

impl Bare for Bridge {
    fn parts(&self, _workers: usize, grains: usize) -> usize {
        grains
    }

    fn max(&self, list: &Job<Max>, parts: usize) -> u64 {
        let list = list.clone();
        self.root(move || {
            let len = list.list().len().div_ceil(parts);
            list.list().par_chunks(len).map(kernel::max).max().unwrap()
        })
    }

    fn double(&self, list: &Job<Double>, mut warm: Warm) -> Warm {
        let list = list.clone();
        self.root(move || {
            let len = list.list().len().div_ceil(warm.len());
            let pieces = list.list().par_chunks(len).zip(&mut warm);
            pieces.for_each(|(part, piece)| kernel::double(part, piece));
            warm
        })
    }

    fn skynet(&self, leaves: u64) -> u64 {
        self.root(move || skynet(0, leaves))
    }

    fn nqueens(&self, board: Board) -> u64 {
        self.root(move || nqueens(board))
    }

    fn sort(&self, list: &Job<Sort>, mut whole: Stretch) -> Stretch {
        let list = list.clone();
        self.root(move || {
            sort_whole(&list, &mut whole);
            whole
        })
    }

    fn wordcount(&self, text: &Job<Wordcount>, _parts: usize) -> Counts {
        let text = text.clone();
        self.root(move || wordcount(&text))
    }
}

impl<L: Task> Spawns<L> for Bridge {
    fn spawn(&self, look: L, round: L::Round) -> u64 {
        let pool = Arc::clone(&self.pool);
        let root = async move {
            let start = |task| hand_over(&pool, move || look.task(task));
            let tasks: Vec<_> = round.map(start).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            sum
        };
        self.runtime.block_on(async { tokio::spawn(root).await.unwrap() })
    }
}

impl<L: Leaf> Forks<L> for Bridge {
    fn fib(&self, look: L, n: u32) -> u64 {
        self.root(move || fib(look, n))
    }
}
