//! `skynet` in smol.
//!
//! - share: a branch that every task copies, with a counted handle to the
//!   executor
//! - start: a task for each child, on the one global queue
//! - wait: a task gives its worker back until its children have ended
//! - join: the handles are awaited in order, their sums added

use crate::Smol;
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};
use smol::Executor;
use std::pin::Pin;
use std::sync::Arc;

impl Run<Skynet> for Smol {
    const FIT: Fit =
        Fit::Unsuitable("a task and a boxed future for each node, which adds");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        self.drive(job, |job, executor| async move {
            let sum = skynet(job.root(), executor).await;
            job.finish(sum)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn skynet(branch: Branch, executor: Arc<Executor<'static>>) -> Boxed {
    Box::pin(async move {
        if let Some(sum) = branch.leaf() {
            return sum;
        }
        let start = |child| {
            let own = Arc::clone(&executor);
            executor.spawn(skynet(branch.child(child), own))
        };
        let tasks: Vec<_> = branch.children().map(start).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await;
        }
        sum
    })
}
