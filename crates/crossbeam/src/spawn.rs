//! `spawn` in a pool of crossbeam's parts.
//!
//! - share: a token that every task copies
//! - start: a boxed closure for each task on the worker's deque, to be stolen
//! - wait: only the worker that joins, which runs other tasks meanwhile
//! - join: the tasks are joined in order, the results added

use crate::{Crossbeam, executor};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Crossbeam {
    const FIT: Fit = Fit::Natural("a task is a box and a place for its result");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        self.drive(job, |job| {
            let empty = job.empty();
            let start = |task| executor::spawn(move || Ok(empty.task(task)));
            let mut sum = 0;
            for round in job.rounds() {
                let tasks: Vec<_> = round.map(start).collect();
                for task in tasks {
                    sum += task.join()?;
                }
            }
            job.finish(sum)
        })
    }
}
