//! async-std's executor, of which a process has one.

use super::look::{Leaf, Task};
use super::{Bare, Boxed, Forks, Spawns, Warm, part, words};
use async_std::channel;
use lanes_core::parts::Part;
use lanes_core::workload::{
    Board, Counts, Double, Max, Sort, Stretch, Wordcount,
};
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
            let (to, from) = channel::bounded(places);
            let producer = async_std::task::spawn(async move {
                for number in 0..messages {
                    to.send(number).await.unwrap();
                }
            });
            let consumer = async_std::task::spawn(async move {
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
        self.root(async move {
            let start = |part: Part| {
                let text = text.clone();
                async_std::task::spawn(
                    async move { words(text.of(part.range)) },
                )
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

impl<L: Task> Spawns<L> for AsyncStd {
    fn spawn(&self, look: L, round: L::Round) -> u64 {
        self.root(async move {
            let start =
                |task| async_std::task::spawn(async move { look.task(task) });
            let tasks: Vec<_> = round.map(start).collect();
            let mut sum = 0;
            for task in tasks {
                sum += task.await;
            }
            sum
        })
    }
}

impl<L: Leaf> Forks<L> for AsyncStd {
    fn fib(&self, look: L, n: u32) -> u64 {
        self.root(fib(look, n))
    }
}

fn fib(look: impl Leaf, n: u32) -> Boxed {
    Box::pin(async move {
        if let Some(value) = look.leaf(n) {
            return value;
        }
        let left = async_std::task::spawn(fib(look, n - 1));
        let right = fib(look, n - 2).await;
        left.await + right
    })
}

fn skynet(first: u64, leaves: u64) -> Boxed {
    Box::pin(async move {
        if leaves == 1 {
            return first;
        }
        let each = leaves / 10;
        let start =
            |child| async_std::task::spawn(skynet(first + child * each, each));
        let tasks: Vec<_> = (0..10).map(start).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await;
        }
        sum
    })
}

fn nqueens(board: Board) -> Boxed {
    Box::pin(async move {
        if !board.forks() {
            return board.solutions();
        }
        let start = |child| async_std::task::spawn(nqueens(board.child(child)));
        let tasks: Vec<_> = board.children().map(start).collect();
        let mut found = 0;
        for task in tasks {
            found += task.await;
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
        let left = async_std::task::spawn(sort(list.clone(), left));
        let right = sort(list, right).await;
        left.await.merged(right)
    })
}
