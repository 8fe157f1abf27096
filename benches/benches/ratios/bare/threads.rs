//! OS threads of the standard library, scoped.

use super::{Bare, Warm, part};
use lanes_core::workload::{Double, Max};
use lanes_core::{Job, kernel};
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

    fn spawn(&self, tasks: u64) -> u64 {
        thread::scope(|scope| {
            let start = |task| scope.spawn(move || task);
            let threads: Vec<_> = (0..tasks).map(start).collect();
            threads.into_iter().map(|t| t.join().unwrap()).sum()
        })
    }

    fn fib(&self, n: u32) -> u64 {
        if n < 2 {
            return n.into();
        }
        thread::scope(|scope| {
            let left = scope.spawn(|| self.fib(n - 1));
            let right = self.fib(n - 2);
            left.join().unwrap() + right
        })
    }
}
