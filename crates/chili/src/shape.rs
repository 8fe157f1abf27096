//! `shape` in chili.
//!
//! - share: all closures borrow the queue of tasks, with its lock
//! - start: `join` queues the left half of the lanes, and runs the right half
//!   itself; with three queued it calls both, but for every 64th. When a queued
//!   half is run and 100 µs have passed since the last time, the oldest queued
//!   is shared
//! - wait: a worker sleeps and takes no other half meanwhile
//! - join: pairs of tallies are added where they meet

use crate::Chili;
use chili::Scope;
use lanes_core::parts::Part;
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Shape> for Chili {
    const FIT: Fit =
        Fit::Possible("compute is what it is for; a wait occupies a worker");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        let queue = &job.queue();
        let all = Part { task: 0, range: 0..job.at_once() };
        let tally = self.drive(|scope| lanes(scope, job, queue, all))?;
        job.answer([tally])
    }
}

fn lanes(
    scope: &mut Scope<'_>,
    job: &Job<Shape>,
    queue: &Queue,
    part: Part,
) -> Result<Tally, Error> {
    let Some((left, right)) = part.halves(1) else {
        return caught(|| lane(job, queue));
    };
    let left = |scope: &mut Scope<'_>| lanes(scope, job, queue, left);
    let right = |scope: &mut Scope<'_>| lanes(scope, job, queue, right);
    let (left, right) = scope.join(left, right);
    Ok(left?.and(right?))
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
