//! `shape` in orx-parallel.
//!
//! - share: every thread borrows the queue of tasks, with its lock
//! - start: the same closure goes to each thread of the pool, and pulls one
//!   lane after the other
//! - wait: a thread sleeps and takes no other lane meanwhile
//! - join: each closure adds up its own tallies, then the caller those of all

use crate::pool::with_pool;
use crate::{OrxParallel, task};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use orx_parallel::*;

impl Run<Shape> for OrxParallel {
    const FIT: Fit =
        Fit::Possible("compute is what it is for; a wait occupies a thread");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        let queue = job.queue();
        let tally = with_pool!(self, |pool| {
            (0..job.at_once())
                .into_par()
                .runner(Runner::adaptive_with_pool(pool))
                .chunk_size(1)
                .map(|_| task(job, || lane(job, &queue)))
                .into_fallible()
                .reduce(Tally::and)
        })?;
        job.answer(tally)
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
