//! `fib` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for the left half of every fork
//! - wait: a worker whose left half was stolen helps with other tasks
//! - join: an addition, once the left half is joined

use crate::Crossbeam;
use crate::pool::spawn;
use lanes_core::workload::Fib;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fib> for Crossbeam {
    fn fit(&self) -> Fit {
        Fit::Natural("a fork is a box on a deque, mostly taken back unstolen")
    }

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(job, |job| job.finish(fib(&job, job.n)?))
    }
}

fn fib(job: &Job<Fib>, n: u32) -> Result<u64, Error> {
    if let Some(value) = job.leaf(n) {
        return Ok(value);
    }
    let other = job.clone();
    let left = spawn(move || fib(&other, n - 1));
    let right = fib(job, n - 2);
    Ok(left.join()? + right?)
}
