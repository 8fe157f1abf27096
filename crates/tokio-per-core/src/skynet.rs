//! `skynet` in tokio, with a runtime for each core.
//!
//! - share: a branch that every task copies
//! - start: a task for each child, dealt to the cores in turn
//! - wait: a task gives its core back until its children have ended
//! - join: the handles are awaited in order, their sums added

use crate::{Cores, TokioPerCore};
use lanes_core::workload::{Branch, Skynet};
use lanes_core::{Error, Fit, Job, Run};
use std::pin::Pin;
use std::sync::Arc;

impl Run<Skynet> for TokioPerCore {
    const FIT: Fit =
        Fit::Unsuitable("another core is woken for every other node, to add");

    fn run(&self, job: &Job<Skynet>) -> Result<u64, Error> {
        self.drive(job, |job, cores| async move {
            let sum = skynet(cores, job.root()).await;
            job.finish(sum)
        })
    }
}

/// A future that contains itself must be boxed.
type Boxed = Pin<Box<dyn Future<Output = u64> + Send>>;

fn skynet(cores: Arc<Cores>, branch: Branch) -> Boxed {
    Box::pin(async move {
        if let Some(sum) = branch.leaf() {
            return sum;
        }
        let start = |child| {
            cores.spawn(skynet(Arc::clone(&cores), branch.child(child)))
        };
        let tasks: Vec<_> = branch.children().map(start).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("a fork never fails");
        }
        sum
    })
}
