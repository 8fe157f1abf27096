//! `spawn` on the caller's thread.
//!
//! - share: a token that is copied
//! - start: a call for each task
//! - wait: never
//! - join: a sum

use crate::Sequential;
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Sequential {
    const FIT: Fit =
        Fit::Natural("a task is a call: the floor under all others");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        self.drive(|| {
            let empty = job.empty();
            let rounds = job.rounds().map(|round| {
                round.at_once().map(|task| empty.task(task)).sum::<u64>()
            });
            let sum = rounds.sum();
            job.finish(sum)
        })
    }
}
