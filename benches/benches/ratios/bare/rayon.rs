//! A pool of rayon's own.

use super::{Bare, Warm};
use lanes_core::workload::{Double, Max};
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

    fn spawn(&self, tasks: u64) -> u64 {
        self.0.install(|| {
            let mut results = vec![0; tasks as usize];
            rayon::scope(|scope| {
                for (task, result) in results.iter_mut().enumerate() {
                    scope.spawn(move |_| *result = task as u64);
                }
            });
            results.into_iter().sum()
        })
    }

    fn fib(&self, n: u32) -> u64 {
        fn fib(n: u32) -> u64 {
            if n < 2 {
                return n.into();
            }
            let (left, right) = rayon::join(|| fib(n - 1), || fib(n - 2));
            left + right
        }
        self.0.install(|| fib(n))
    }
}
