//! `sort` in OS threads under a global lock.
//!
//! - share: every thread borrows the list; a half owns its memory of the sorted
//!   one
//! - start: a scoped thread for the left half of every fork
//! - wait: a thread lets go of the lock until its left half is joined, and
//!   passes it on when asked
//! - join: a merge, once the left half has ended

use crate::{Gil, Interpreter, affordable, joined};
use lanes_core::workload::{Sort, Sorted, Stretch};
use lanes_core::{Error, Fit, Job, Run, caught};
use std::thread;

impl Run<Sort> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("a thread a fork, and no two of them ever run at once");

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        job.no_library()?;
        affordable(job.forks())?;
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        gil.drive(|scope| {
            let whole = job.whole()?;
            let root =
                gil.spawn_scoped(scope, 0, move || sort(gil, job, whole))?;
            Ok(job.answer(joined(root.join())?))
        })
    }
}

fn sort(
    gil: &Interpreter,
    job: &Job<Sort>,
    stretch: Stretch,
) -> Result<Stretch, Error> {
    if stretch.is_leaf() {
        return job.leaf(stretch);
    }
    let task = stretch.task();
    let (left, right) = stretch.halves();
    thread::scope(|scope| {
        let half = move || sort(gil, job, left);
        let left = gil.spawn_scoped(scope, task, half)?;
        // A panic would leave the scope with the lock, and the scope waits for
        // the other half.
        let right = caught(|| sort(gil, job, right));
        // The half that is waited for needs the lock.
        let left = gil.allow_threads(task, || joined(left.join()));
        job.merge(left?, right?)
    })
}
