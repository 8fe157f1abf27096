//! `shape` in OS threads.
//!
//! - share: every thread borrows the queue of tasks, with its lock
//! - start: a scoped thread for each lane
//! - wait: a thread sleeps, and the system runs the others
//! - join: the threads are joined in order, their tallies added

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Shape> for Threads {
    const FIT: Fit =
        Fit::Natural("a waiting thread costs no core; starting one costs time");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        affordable(job.at_once())?;
        let queue = &job.queue();
        self.drive(job.context(), |scope| {
            let threads = job
                .lanes()
                .map(|_| spawn_scoped(scope, || lane(job, queue)))
                .collect::<Result<_, _>>()?;
            job.answer(join_all(threads)?)
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
