//! `shape` on the caller's thread.
//!
//! - share: a reference to the queue of tasks
//! - start: a call for each lane
//! - wait: the one thread sleeps, and all the other tasks with it
//! - join: the tallies are collected as they come

use crate::Sequential;
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Shape> for Sequential {
    const FIT: Fit =
        Fit::Possible("all compute and all waits, one after the other");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        self.drive(|| {
            let queue = job.queue();
            let tallies = job.lanes().map(|_| lane(job, &queue));
            job.answer(tallies.collect::<Result<Vec<_>, _>>()?)
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
