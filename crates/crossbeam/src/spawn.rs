//! `spawn` in a pool of crossbeam's parts.
//!
//! - share: a token that every task copies
//! - start: a boxed closure for each task on the worker's deque
//! - wait: never
//! - join: the tasks are joined in order, the results added

use crate::pool::spawn;
use crate::{Crossbeam, join_all};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Crossbeam {
    const FIT: Fit = Fit::Natural("a task is a box and a place for its result");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        self.drive(job, |job| {
            let empty = job.empty();
            let start = |task| spawn(move || Ok(empty.task(task)));
            let tasks = (0..job.tasks).map(start).collect();
            job.finish(join_all(tasks)?.into_iter().sum())
        })
    }
}
