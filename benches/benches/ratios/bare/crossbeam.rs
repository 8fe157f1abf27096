//! The pool that is made of crossbeam's parts.

use super::look::{Leaf, Task};
use super::{Bare, Forks, Spawns, Warm, part, words};
use crossbeam::channel;
use lanes_core::parts::Part;
use lanes_core::workload::{
    Board, Counts, Double, Max, Sort, Stretch, Wordcount,
};
use lanes_core::{Job, kernel};
use lanes_crossbeam::executor::{self, Pool};
use std::thread;

pub(super) struct Crossbeam(Pool);

impl Crossbeam {
    pub(super) fn start(workers: usize) -> Self {
        Self(Pool::start(workers).unwrap())
    }
}

impl Bare for Crossbeam {
    fn max(&self, list: &Job<Max>, parts: usize) -> u64 {
        let list = list.clone();
        let root = self.0.spawn(move || {
            let start = |index| {
                let list = list.clone();
                executor::spawn(move || {
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
                executor::spawn(move || {
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

    fn skynet(&self, leaves: u64) -> u64 {
        self.0.spawn(move || Ok(skynet(0, leaves))).join().unwrap()
    }

    fn nqueens(&self, board: Board) -> u64 {
        self.0.spawn(move || Ok(nqueens(board))).join().unwrap()
    }

    fn sort(&self, list: &Job<Sort>, whole: Stretch) -> Stretch {
        let list = list.clone();
        self.0.spawn(move || Ok(sort(&list, whole))).join().unwrap()
    }

    fn channel(&self, places: usize, messages: u64) -> Option<u64> {
        let (to, from) = channel::bounded(places);
        thread::scope(|scope| {
            scope.spawn(move || {
                (0..messages).for_each(|number| to.send(number).unwrap());
            });
            Some(scope.spawn(move || from.iter().sum()).join().unwrap())
        })
    }

    fn wordcount(&self, text: &Job<Wordcount>, parts: usize) -> Counts {
        let text = text.clone();
        let root = self.0.spawn(move || {
            let start = |part: Part| {
                let text = text.clone();
                executor::spawn(move || Ok(words(text.of(part.range))))
            };
            let tasks: Vec<_> = text.parts(parts).map(start).collect();
            let counts = tasks.into_iter().map(|t| t.join().unwrap());
            Ok(counts.reduce(Counts::and).unwrap())
        });
        root.join().unwrap()
    }
}

impl<L: Task> Spawns<L> for Crossbeam {
    fn spawn(&self, look: L, round: L::Round) -> u64 {
        let root = self.0.spawn(move || {
            let start = |task| executor::spawn(move || Ok(look.task(task)));
            let tasks: Vec<_> = round.map(start).collect();
            Ok(tasks.into_iter().map(|t| t.join().unwrap()).sum())
        });
        root.join().unwrap()
    }
}

impl<L: Leaf> Forks<L> for Crossbeam {
    fn fib(&self, look: L, n: u32) -> u64 {
        self.0.spawn(move || Ok(fib(look, n))).join().unwrap()
    }
}

fn fib(look: impl Leaf, n: u32) -> u64 {
    if let Some(value) = look.leaf(n) {
        return value;
    }
    let left = executor::spawn(move || Ok(fib(look, n - 1)));
    let right = fib(look, n - 2);
    left.join().unwrap() + right
}

fn skynet(first: u64, leaves: u64) -> u64 {
    if leaves == 1 {
        return first;
    }
    let each = leaves / 10;
    let start =
        |child| executor::spawn(move || Ok(skynet(first + child * each, each)));
    let tasks: Vec<_> = (0..10).map(start).collect();
    tasks.into_iter().map(|t| t.join().unwrap()).sum()
}

fn nqueens(board: Board) -> u64 {
    if !board.forks() {
        return board.solutions();
    }
    let start =
        |child| executor::spawn(move || Ok(nqueens(board.child(child))));
    let tasks: Vec<_> = board.children().map(start).collect();
    tasks.into_iter().map(|t| t.join().unwrap()).sum()
}

fn sort(list: &Job<Sort>, stretch: Stretch) -> Stretch {
    if stretch.is_leaf() {
        return list.sorted_leaf(stretch);
    }
    let (left, right) = stretch.halves();
    let own = list.clone();
    let left = executor::spawn(move || Ok(sort(&own, left)));
    let right = sort(list, right);
    left.join().unwrap().merged(right)
}
