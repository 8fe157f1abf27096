//! `spawn` in may.
//!
//! - share: a token that every coroutine copies
//! - start: a coroutine for each, on the queues of the workers in turn; each
//!   wakes its worker, and takes a stack that was kept, or a new one
//! - wait: only the caller, until the coroutine has ended
//! - join: the handles are joined in order, the results added

use crate::{May, join_all, spawn};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for May {
    const FIT: Fit =
        Fit::Possible("each has a stack, and wakes a worker by a system call");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        self.drive(job, |job| {
            let empty = job.empty();
            let start = |task| spawn(move || Ok(empty.task(task)));
            let mut sum = 0;
            for round in job.rounds() {
                sum += join_all(round.map(start))?.iter().sum::<u64>();
            }
            job.finish(sum)
        })
    }
}
