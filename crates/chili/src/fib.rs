//! `fib` in chili.
//!
//! - share: a token that both halves copy
//! - start: `join` queues the left half, and runs the right half itself; with
//!   three queued it calls both, but for every 64th. When a queued half is run
//!   and 100 µs have passed since the last time, the oldest queued is shared
//! - wait: a worker whose left half was shared runs what others share, and
//!   sleeps when there is nothing
//! - join: an addition, once `join` returns both

use crate::Chili;
use chili::Scope;
use lanes_core::workload::{Fib, Fork};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fib> for Chili {
    const FIT: Fit =
        Fit::Natural("most forks are calls: only a heartbeat shares one");

    fn run(&self, job: &Job<Fib>) -> Result<u64, Error> {
        self.drive(|scope| job.finish(fib(scope, job.fork(), job.n)))
    }
}

fn fib(scope: &mut Scope<'_>, fork: Fork, n: u32) -> u64 {
    if let Some(value) = fork.leaf(n) {
        return value;
    }
    let left = move |scope: &mut Scope<'_>| fib(scope, fork, n - 1);
    let right = move |scope: &mut Scope<'_>| fib(scope, fork, n - 2);
    let (left, right) = scope.join(left, right);
    left + right
}
