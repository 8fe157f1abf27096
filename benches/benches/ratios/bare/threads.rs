//! OS threads of the standard library, scoped.

use super::look::{Leaf, Task};
use super::{Bare, Forks, Spawns, Warm, part, words};
use lanes_core::parts::Part;
use lanes_core::workload::{
    Board, Counts, Double, Max, Sort, Stretch, Wordcount,
};
use lanes_core::{Job, kernel};
use std::sync::mpsc;
use std::thread;

pub(super) struct Threads;

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

    fn skynet(&self, leaves: u64) -> u64 {
        skynet(0, leaves)
    }

    fn nqueens(&self, board: Board) -> u64 {
        nqueens(board)
    }

    fn sort(&self, list: &Job<Sort>, mut whole: Stretch) -> Stretch {
        let (sorted, beside) = whole.memory_mut();
        sort(list.list(), sorted, beside, list.size().cutoff);
        whole
    }

    fn channel(&self, places: usize, messages: u64) -> Option<u64> {
        let (to, from) = mpsc::sync_channel(places);
        thread::scope(|scope| {
            scope.spawn(move || {
                (0..messages).for_each(|number| to.send(number).unwrap());
            });
            Some(scope.spawn(move || from.iter().sum()).join().unwrap())
        })
    }

    fn wordcount(&self, text: &Job<Wordcount>, parts: usize) -> Counts {
        thread::scope(|scope| {
            let start = |part: Part| scope.spawn(|| words(text.of(part.range)));
            let threads: Vec<_> = text.parts(parts).map(start).collect();
            let counts = threads.into_iter().map(|t| t.join().unwrap());
            counts.reduce(Counts::and).unwrap()
        })
    }
}

impl<L: Task> Spawns<L> for Threads {
    fn spawn(&self, look: L, round: L::Round) -> u64 {
        thread::scope(|scope| {
            let start = |task| scope.spawn(move || look.task(task));
            let threads: Vec<_> = round.map(start).collect();
            threads.into_iter().map(|t| t.join().unwrap()).sum()
        })
    }
}

impl<L: Leaf> Forks<L> for Threads {
    fn fib(&self, look: L, n: u32) -> u64 {
        fib(look, n)
    }
}

fn fib(look: impl Leaf, n: u32) -> u64 {
    if let Some(value) = look.leaf(n) {
        return value;
    }
    thread::scope(|scope| {
        let left = scope.spawn(move || fib(look, n - 1));
        let right = fib(look, n - 2);
        left.join().unwrap() + right
    })
}

fn skynet(first: u64, leaves: u64) -> u64 {
    if leaves == 1 {
        return first;
    }
    let each = leaves / 10;
    thread::scope(|scope| {
        let start =
            |child| scope.spawn(move || skynet(first + child * each, each));
        let threads: Vec<_> = (0..10).map(start).collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    })
}

fn nqueens(board: Board) -> u64 {
    if !board.forks() {
        return board.solutions();
    }
    thread::scope(|scope| {
        let start = |child| scope.spawn(move || nqueens(board.child(child)));
        let threads: Vec<_> = board.children().map(start).collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    })
}

fn sort(list: &[u64], sorted: &mut [u64], beside: &mut [u64], leaf: usize) {
    if list.len() <= leaf {
        return Sort::leaf(list, sorted);
    }
    let middle = list.len() / 2;
    let (left, right) = beside.split_at_mut(middle);
    let (below, above) = sorted.split_at_mut(middle);
    thread::scope(|scope| {
        scope.spawn(|| sort(&list[..middle], left, below, leaf));
        sort(&list[middle..], right, above, leaf);
    });
    Sort::merge(left, right, sorted);
}
