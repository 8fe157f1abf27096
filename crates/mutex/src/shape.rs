//! `shape` in OS threads that take turns.
//!
//! - share: every thread borrows the queue of tasks, with its lock
//! - start: a scoped thread for each lane
//! - wait: a thread sleeps, and all others wait for that thread
//! - join: the threads are joined in order, their tallies added

use crate::{Lock, Mutex, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Shape> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("a lock held through a wait: compute and waits add up");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        affordable(job.at_once())?;
        let lock = &Lock::of(job.context());
        let queue = &job.queue();
        self.drive(job.context(), |scope| {
            let threads = job
                .lanes()
                .map(|_| spawn_scoped(scope, || lane(lock, job, queue)))
                .collect::<Result<_, _>>()?;
            job.answer(join_all(threads)?)
        })
    }
}

fn lane(
    lock: &Lock<'_>,
    job: &Job<Shape>,
    queue: &Queue,
) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for task in job.tasks(queue) {
        if let Some(wait) = job.arrives_in(queue, task) {
            // There is no task yet that could take a turn.
            job.context().sleep(task, wait)?;
        }
        let state = lock.hold(task, || job.before(queue, task))?;
        if let Some(wait) = job.wait() {
            // Nobody computes meanwhile.
            lock.hold(task, || job.context().sleep(task, wait))?;
        }
        lock.hold(task, || job.after(queue, task, state, &mut tally))?;
    }
    Ok(tally)
}
