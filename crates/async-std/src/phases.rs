//! `phases` in async-std.
//!
//! - share: a node that every task copies; a counted list of the last numbers
//! - start: a task for each of a phase on the one global queue, from which
//!   workers take batches
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles of a phase are awaited in order before the next starts

use crate::AsyncStd;
use async_std::task;
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Phases> for AsyncStd {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; a handle is awaited only once");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| async move {
            let node = job.node();
            let (mut answer, mut before) = (Vec::new(), Arc::new(Vec::new()));
            for phase in job.phases() {
                let start = |task| {
                    let before = Arc::clone(&before);
                    task::spawn(async move { node.compute(task, &before) })
                };
                let tasks: Vec<_> = phase.map(start).collect();
                let mut numbers = Vec::with_capacity(tasks.len());
                for task in tasks {
                    numbers.push(task.await);
                }
                answer.extend(&numbers);
                before = Arc::new(numbers);
            }
            job.finish(answer)
        })
    }
}
