//! `shape` in rayon.
//!
//! - share: every job borrows the queue of tasks, with its lock
//! - start: a parallel iterator over the lanes, halved for each worker and
//!   again where a half is stolen
//! - wait: a worker sleeps and takes no other job meanwhile
//! - join: the tallies are added in pairs, as the halves end

use crate::Rayon;
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Shape> for Rayon {
    const FIT: Fit =
        Fit::Possible("compute is what it is for; a wait occupies a worker");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        let queue = job.queue();
        let tally = self.drive(|| {
            (0..job.at_once())
                .into_par_iter()
                .map(|_| lane(job, &queue))
                .try_reduce(Tally::default, |one, other| Ok(one.and(other)))
        })?;
        job.answer([tally])
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
