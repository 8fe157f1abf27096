//! The pool that is made of crossbeam's parts.

use super::{Bare, Warm, part};
use lanes_core::workload::{Double, Max};
use lanes_core::{Job, kernel};
use lanes_crossbeam::pool::{self, Pool};

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
