//! `spawn` in compio.
//!
//! - share: a token that every task copies
//! - start: a closure for each, boxed, on one queue under a lock; the thread
//!   that takes it starts the task, and keeps it
//! - wait: only the caller, until the answers have come back
//! - join: the caller waits for each in order, the results are added

use crate::{Compio, join_all};
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Compio {
    const FIT: Fit =
        Fit::Possible("for each a queue that all share, and a channel back");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        self.drive(job, |job| {
            let empty = job.empty();
            let start = |task| {
                self.dispatch(move || async move { Ok(empty.task(task)) })
            };
            let mut sum = 0;
            for round in job.rounds() {
                sum += join_all(round.map(start))?.iter().sum::<u64>();
            }
            job.finish(sum)
        })
    }
}
