//! `spawn` in OS threads under a global lock.
//!
//! - share: a token that every thread copies
//! - start: a scoped thread for each task, at most 256 at once
//! - wait: a thread sleeps until it has the lock
//! - join: the threads are joined in order, the results added

use crate::{AT_ONCE, Gil, affordable, join_all};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("a thread for each empty task, and a lock on top");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        affordable(job.tasks)?;
        let gil = &self.interpreter(job.context());
        let empty = job.empty();
        gil.drive(|scope| {
            let run = |task| {
                // Where a call begins.
                gil.checkpoint(task);
                Ok(empty.task(task))
            };
            let start = |task| gil.spawn_scoped(scope, task, move || run(task));
            let mut sum = 0;
            for round in job.rounds_of(AT_ONCE) {
                let threads = round.map(start).collect::<Result<_, _>>()?;
                sum += join_all(threads)?.into_iter().sum::<u64>();
            }
            job.finish(sum)
        })
    }
}
