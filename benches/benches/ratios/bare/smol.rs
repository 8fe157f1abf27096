//! smol's executor, run by threads of our own.

use super::look::{Leaf, Task};
use super::{Bare, Boxed, Forks, Spawns, Warm, part, words};
use lanes_core::parts::Part;
use lanes_core::workload::{
    Board, Counts, Double, Max, Sort, Stretch, Wordcount,
};
use lanes_core::{Job, kernel};
use smol::channel;
use std::sync::Arc;
use std::thread;

type Executor = Arc<smol::Executor<'static>>;

pub(super) struct Smol {
    executor: Executor,
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
        root: impl FnOnce(Executor) -> F,
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

    fn skynet(&self, leaves: u64) -> u64 {
        self.root(|executor| skynet(executor, 0, leaves))
    }

    fn nqueens(&self, board: Board) -> u64 {
        self.root(|executor| nqueens(executor, board))
    }

    fn sort(&self, list: &Job<Sort>, whole: Stretch) -> Stretch {
        self.root(|executor| sort(executor, list.clone(), whole))
    }

    fn channel(&self, places: usize, messages: u64) -> Option<u64> {
        let sum = self.root(|executor| async move {
            let (to, from) = channel::bounded(places);
            let producer = executor.spawn(async move {
                for number in 0..messages {
                    to.send(number).await.unwrap();
                }
            });
            let consumer = executor.spawn(async move {
                let mut sum = 0;
                while let Ok(number) = from.recv().await {
                    sum += number;
                }
                sum
            });
            producer.await;
            consumer.await
        });
        Some(sum)
    }

    fn wordcount(&self, text: &Job<Wordcount>, parts: usize) -> Counts {
        let text = text.clone();
        self.root(|executor| async move {
            let start = |part: Part| {
                let text = text.clone();
                executor.spawn(async move { words(text.of(part.range)) })
            };
            let tasks: Vec<_> = text.parts(parts).map(start).collect();
            let mut counts = Counts::default();
            for task in tasks {
                counts = counts.and(task.await);
            }
            counts
        })
    }
}

impl<L: Task> Spawns<L> for Smol {
    fn spawn(&self, look: L, round: L::Round) -> u64 {
        self.root(|executor| async move {
            let start = |task| executor.spawn(async move { look.task(task) });
            let tasks: Vec<_> = round.map(start).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await;
            }
            sum
        })
    }
}

impl<L: Leaf> Forks<L> for Smol {
    fn fib(&self, look: L, n: u32) -> u64 {
        self.root(|executor| fib(executor, look, n))
    }
}

fn fib(executor: Executor, look: impl Leaf, n: u32) -> Boxed {
    Box::pin(async move {
        if let Some(value) = look.leaf(n) {
            return value;
        }
        let own = Arc::clone(&executor);
        let left = executor.spawn(fib(own, look, n - 1));
        let right = fib(executor, look, n - 2).await;
        left.await + right
    })
}

fn skynet(executor: Executor, first: u64, leaves: u64) -> Boxed {
    Box::pin(async move {
        if leaves == 1 {
            return first;
        }
        let each = leaves / 10;
        let start = |child| {
            let own = Arc::clone(&executor);
            executor.spawn(skynet(own, first + child * each, each))
        };
        let tasks: Vec<_> = (0..10).map(start).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await;
        }
        sum
    })
}

fn nqueens(executor: Executor, board: Board) -> Boxed {
    Box::pin(async move {
        if !board.forks() {
            return board.solutions();
        }
        let start = |child| {
            let own = Arc::clone(&executor);
            executor.spawn(nqueens(own, board.child(child)))
        };
        let tasks: Vec<_> = board.children().map(start).collect();
        let mut found = 0;
        for task in tasks {
            found += task.await;
        }
        found
    })
}

fn sort(
    executor: Executor,
    list: Job<Sort>,
    stretch: Stretch,
) -> Boxed<Stretch> {
    Box::pin(async move {
        if stretch.is_leaf() {
            return list.sorted_leaf(stretch);
        }
        let (left, right) = stretch.halves();
        let own = Arc::clone(&executor);
        let left = executor.spawn(sort(own, list.clone(), left));
        let right = sort(executor, list, right).await;
        left.await.merged(right)
    })
}
