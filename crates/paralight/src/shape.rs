//! `shape` in paralight.
//!
//! - share: every worker borrows the queue of tasks, with its lock
//! - start: a parallel loop over the lanes, an equal range of them for each
//!   worker; one that has none left takes half of the longest range
//! - wait: a worker sleeps and takes no other lane meanwhile
//! - join: each worker adds up its own tallies, then the caller those of all

use crate::{Paralight, task};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use paralight::prelude::*;

impl Run<Shape> for Paralight {
    const FIT: Fit =
        Fit::Possible("compute is what it is for; a wait occupies a worker");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        let queue = job.queue();
        let tally = self.drive(|pool| {
            (0..job.at_once())
                .into_par_iter()
                .map(|_| task(job, || lane(job, &queue)))
                .with_thread_pool(pool)
                .reduce(|| Ok(Tally::default()), |a, b| Ok(a?.and(b?)))
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
