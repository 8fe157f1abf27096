//! `skynet` in tokio.
//!
//! - share: a branch that every task copies
//! - start: a task for each child; the newest lies in a slot that nobody steals
//!   from, the others on the worker's queue
//! - wait: a task gives its worker back until its children have ended
//! - join: the handles are awaited in order, their sums added

use crate::Tokio;
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;

impl Run<Skynet> for Tokio {
    const FIT: Fit =
        Fit::Unsuitable("a task and a boxed future for each node, which adds");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        self.drive(job, |job| async move {
            let sum = skynet(job.root()).await;
            job.finish(sum)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn skynet(branch: Branch) -> Boxed {
    Box::pin(async move {
        if let Some(sum) = branch.leaf() {
            return sum;
        }
        let start = |child| tokio::spawn(skynet(branch.child(child)));
        let tasks: Vec<_> = branch.children().map(start).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("a fork never fails");
        }
        sum
    })
}
