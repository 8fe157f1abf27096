//! `spawn` in OS threads that take turns.
//!
//! - share: a token that every thread copies
//! - start: a scoped thread for each task, at most 256 at once
//! - wait: a thread sleeps until its turn, which is one empty task
//! - join: the threads are joined in order, the results added

use crate::{AT_ONCE, Lock, Mutex, affordable, join_all, spawn_scoped};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("a thread for each empty task, and a lock on top");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        affordable(job.tasks)?;
        let lock = &Lock::of(job.context());
        let empty = job.empty();
        self.drive(job.context(), |scope| {
            let run = |task| lock.hold(task, || Ok(empty.task(task)));
            let start = |task| spawn_scoped(scope, move || run(task));
            let mut sum = 0;
            for round in job.rounds_of(AT_ONCE) {
                let threads = round.map(start).collect::<Result<_, _>>()?;
                sum += join_all(threads)?.into_iter().sum::<u64>();
            }
            job.finish(sum)
        })
    }
}
