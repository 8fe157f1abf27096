//! `spawn` in OS threads.
//!
//! - share: a token that every thread copies
//! - start: a scoped thread for each task, at most 256 at once
//! - wait: only the caller, until the threads have ended
//! - join: the threads are joined in order, the results added

use crate::{AT_ONCE, Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Threads {
    const FIT: Fit =
        Fit::Unsuitable("a stack and two system calls for each empty task");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        affordable(job.tasks)?;
        let empty = job.empty();
        self.drive(job.context(), |scope| {
            let start =
                |task| spawn_scoped(scope, move || Ok(empty.task(task)));
            let mut sum = 0;
            for round in job.rounds_of(AT_ONCE) {
                let threads = round.map(start).collect::<Result<_, _>>()?;
                sum += join_all(threads)?.into_iter().sum::<u64>();
            }
            job.finish(sum)
        })
    }
}
