//! A pool of rayon's own.

use super::look::{Leaf, Task};
use super::{Bare, Forks, Spawns, Warm};
use lanes_core::workload::{
    Board, Counts, Double, Max, Sort, Stretch, Wordcount,
};
use lanes_core::{Job, kernel};
use rayon::prelude::*;

pub(super) struct Rayon(rayon::ThreadPool);

impl Rayon {
    pub(super) fn start(workers: usize) -> Self {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(workers);
        Self(pool.build().unwrap())
    }
}

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

    fn skynet(&self, leaves: u64) -> u64 {
        self.0.install(|| skynet(0, leaves))
    }

    fn nqueens(&self, board: Board) -> u64 {
        self.0.install(|| nqueens(board))
    }

    fn sort(&self, list: &Job<Sort>, mut whole: Stretch) -> Stretch {
        self.0.install(|| sort_whole(list, &mut whole));
        whole
    }

    fn wordcount(&self, text: &Job<Wordcount>, _parts: usize) -> Counts {
        self.0.install(|| wordcount(text))
    }
}

impl<L: Task> Spawns<L> for Rayon {
    fn spawn(&self, look: L, round: L::Round) -> u64 {
        self.0.install(|| {
            let tasks = round.size_hint().1.unwrap();
            let mut results = vec![0; tasks];
            rayon::scope(|scope| {
                for (task, result) in round.zip(&mut results) {
                    scope.spawn(move |_| *result = look.task(task));
                }
            });
            results.into_iter().sum()
        })
    }
}

impl<L: Leaf> Forks<L> for Rayon {
    fn fib(&self, look: L, n: u32) -> u64 {
        self.0.install(|| fib(look, n))
    }
}

pub(super) fn fib(look: impl Leaf, n: u32) -> u64 {
    if let Some(value) = look.leaf(n) {
        return value;
    }
    // Moved: closures that borrow would keep both values in memory.
    let left = move || fib(look, n - 1);
    let right = move || fib(look, n - 2);
    let (left, right) = rayon::join(left, right);
    left + right
}

pub(super) fn skynet(first: u64, leaves: u64) -> u64 {
    if leaves == 1 {
        return first;
    }
    let each = leaves / 10;
    let children = (0..10u32).into_par_iter().with_max_len(1);
    children.map(|child| skynet(first + u64::from(child) * each, each)).sum()
}

pub(super) fn nqueens(board: Board) -> u64 {
    if !board.forks() {
        return board.solutions();
    }
    let children = board.children().into_par_iter().with_max_len(1);
    children.map(|child| nqueens(board.child(child))).sum()
}

pub(super) fn sort_whole(list: &Job<Sort>, whole: &mut Stretch) {
    let (sorted, beside) = whole.memory_mut();
    sort(list.list(), sorted, beside, list.size().cutoff);
}

fn sort(list: &[u64], sorted: &mut [u64], beside: &mut [u64], leaf: usize) {
    if list.len() <= leaf {
        return Sort::leaf(list, sorted);
    }
    let middle = list.len() / 2;
    let (left, right) = beside.split_at_mut(middle);
    let (below, above) = sorted.split_at_mut(middle);
    rayon::join(
        || sort(&list[..middle], left, below, leaf),
        || sort(&list[middle..], right, above, leaf),
    );
    Sort::merge(left, right, sorted);
}

pub(super) fn wordcount(text: &Job<Wordcount>) -> Counts {
    let grains = text.grains().into_par_iter();
    let counts = grains.fold(Counts::default, |mut counts, grain| {
        counts.count_all(text.grain(grain));
        counts
    });
    counts.reduce(Counts::default, Counts::and)
}
