//! `fib` in rayon.
//!
//! - share: both halves borrow the job
//! - start: `join` runs the left half and offers the right to be stolen
//! - wait: a worker whose right half was stolen steals other work meanwhile
//! - join: an addition, once `join` returns both

use crate::Rayon;
use lanes_core::workload::Fib;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fib> for Rayon {
    fn fit(&self) -> Fit {
        Fit::Natural("a fork that nobody steals costs little more than a call")
    }

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(|| job.finish(fib(job, job.n)))
    }
}

fn fib(job: &Job<Fib>, n: u32) -> u64 {
    if let Some(value) = job.leaf(n) {
        return value;
    }
    let (left, right) = rayon::join(|| fib(job, n - 1), || fib(job, n - 2));
    left + right
}
