//! `shape` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job and to the queue
//! - start: a boxed closure for each lane on the worker's deque, to be stolen
//! - wait: a worker sleeps and takes no other task meanwhile
//! - join: the tasks are joined in order, their tallies added

use crate::{Crossbeam, executor};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Shape> for Crossbeam {
    const FIT: Fit =
        Fit::Possible("compute spreads at once; a wait occupies a worker");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        self.drive(job, |job| {
            let queue = Arc::new(job.queue());
            let start = |_| {
                let (job, queue) = (job.clone(), Arc::clone(&queue));
                executor::spawn(move || lane(&job, &queue))
            };
            let tasks: Vec<_> = job.lanes().map(start).collect();
            let mut tallies = Vec::with_capacity(tasks.len());
            for task in tasks {
                tallies.push(task.join()?);
            }
            job.answer(tallies)
        })
    }
}

fn lane(job: &Job<Shape>, queue: &Queue) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for task in job.tasks(queue) {
        if let Some(wait) = job.arrives_in(queue, task) {
            job.context().sleep(task, wait)?;
        }
        let state = job.before(queue, task)?;
        if let Some(wait) = job.wait() {
            job.context().sleep(task, wait)?;
        }
        job.after(queue, task, state, &mut tally)?;
    }
    Ok(tally)
}
