//! `skynet` in a pool of crossbeam's parts.
//!
//! - share: a branch that every task copies
//! - start: a boxed closure for each child on the worker's deque, to be stolen
//! - wait: a worker whose child was stolen helps with other tasks
//! - join: the children are joined in order, their sums added

use crate::Crossbeam;
use crate::executor::{self, Task};
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Skynet> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("a node is a box on a deque, mostly taken back unstolen");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        self.drive(job, |job| job.finish(skynet(job.root())))
    }
}

fn skynet(branch: Branch) -> u64 {
    if let Some(sum) = branch.leaf() {
        return sum;
    }
    let start =
        |child| executor::spawn(move || Ok(skynet(branch.child(child))));
    let tasks: Vec<_> = branch.children().map(start).collect();
    let join = |task: Task<u64>| task.join().expect("a fork never fails");
    tasks.into_iter().map(join).sum()
}
