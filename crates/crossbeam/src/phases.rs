//! `phases` in a pool of crossbeam's parts.
//!
//! - share: a node that every task copies; a counted list of the last numbers
//! - start: a boxed closure for each task of a phase on the worker's deque, to
//!   be stolen
//! - wait: only the worker that joins, which runs other tasks meanwhile
//! - join: the tasks of a phase are joined in order before the next starts

use crate::{Crossbeam, executor};
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Phases> for Crossbeam {
    const FIT: Fit =
        Fit::Possible("the pool knows no order: a phase is joined as a whole");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| {
            let node = job.node();
            let (mut answer, mut before) = (Vec::new(), Arc::new(Vec::new()));
            for phase in job.phases() {
                let start = |task| {
                    let before = Arc::clone(&before);
                    executor::spawn(move || Ok(node.compute(task, &before)))
                };
                let tasks: Vec<_> = phase.map(start).collect();
                let mut numbers = Vec::with_capacity(tasks.len());
                for task in tasks {
                    numbers.push(task.join()?);
                }
                answer.extend(&numbers);
                before = Arc::new(numbers);
            }
            job.finish(answer)
        })
    }
}
