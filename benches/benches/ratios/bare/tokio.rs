//! tokio's runtime with many threads.

use super::look::{Leaf, Task};
use super::{Bare, Boxed, Forks, Spawns, Warm, part, words};
use lanes_core::parts::Part;
use lanes_core::workload::{
    Board, Counts, Double, Max, Sort, Stretch, Wordcount,
};
use lanes_core::{Job, kernel};
use tokio::sync::mpsc;

pub(super) struct Tokio(tokio::runtime::Runtime);

impl Tokio {
    pub(super) fn start(workers: usize) -> Self {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        Self(runtime.worker_threads(workers).build().unwrap())
    }

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

    fn skynet(&self, leaves: u64) -> u64 {
        self.root(skynet(0, leaves))
    }

    fn nqueens(&self, board: Board) -> u64 {
        self.root(nqueens(board))
    }

    fn sort(&self, list: &Job<Sort>, whole: Stretch) -> Stretch {
        self.root(sort(list.clone(), whole))
    }

    fn channel(&self, places: usize, messages: u64) -> Option<u64> {
        let sum = self.root(async move {
            let (to, mut from) = mpsc::channel(places);
            let producer = tokio::spawn(async move {
                for number in 0..messages {
                    to.send(number).await.unwrap();
                }
            });
            let consumer = tokio::spawn(async move {
                let mut sum = 0;
                while let Some(number) = from.recv().await {
                    sum += number;
                }
                sum
            });
            producer.await.unwrap();
            consumer.await.unwrap()
        });
        Some(sum)
    }

    fn wordcount(&self, text: &Job<Wordcount>, parts: usize) -> Counts {
        let text = text.clone();
        self.root(async move {
            let start = |part: Part| {
                let text = text.clone();
                tokio::spawn(async move { words(text.of(part.range)) })
            };
            let tasks: Vec<_> = text.parts(parts).map(start).collect();
            let mut counts = Counts::default();
            for task in tasks {
                counts = counts.and(task.await.unwrap());
            }
            counts
        })
    }
}

impl<L: Task> Spawns<L> for Tokio {
    fn spawn(&self, look: L, round: L::Round) -> u64 {
        self.root(async move {
            let start = |task| tokio::spawn(async move { look.task(task) });
            let tasks: Vec<_> = round.map(start).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            sum
        })
    }
}

impl<L: Leaf> Forks<L> for Tokio {
    fn fib(&self, look: L, n: u32) -> u64 {
        self.root(fib(look, n))
    }
}

fn fib(look: impl Leaf, n: u32) -> Boxed {
    Box::pin(async move {
        if let Some(value) = look.leaf(n) {
            return value;
        }
        let left = tokio::spawn(fib(look, n - 1));
        let right = fib(look, n - 2).await;
        left.await.unwrap() + right
    })
}

fn skynet(first: u64, leaves: u64) -> Boxed {
    Box::pin(async move {
        if leaves == 1 {
            return first;
        }
        let each = leaves / 10;
        let start = |child| tokio::spawn(skynet(first + child * each, each));
        let tasks: Vec<_> = (0..10).map(start).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        sum
    })
}

fn nqueens(board: Board) -> Boxed {
    Box::pin(async move {
        if !board.forks() {
            return board.solutions();
        }
        let start = |child| tokio::spawn(nqueens(board.child(child)));
        let tasks: Vec<_> = board.children().map(start).collect();
        let mut found = 0;
        for task in tasks {
            found += task.await.unwrap();
        }
        found
    })
}

fn sort(list: Job<Sort>, stretch: Stretch) -> Boxed<Stretch> {
    Box::pin(async move {
        if stretch.is_leaf() {
            return list.sorted_leaf(stretch);
        }
        let (left, right) = stretch.halves();
        let left = tokio::spawn(sort(list.clone(), left));
        let right = sort(list, right).await;
        left.await.unwrap().merged(right)
    })
}
