//! `spawn` in rayon.
//!
//! - share: a token that every job copies; each borrows a place for its result
//! - start: `Scope::spawn` puts a boxed closure on the worker's deque; many at
//!   once are a parallel iterator, cut down to one task a job: a fork boxes
//!   nothing, and lies on the stack of the worker
//! - wait: the worker that opened the scope runs its jobs meanwhile
//! - join: the scope ends when all jobs have, the results are added

use crate::Rayon;
use lanes_core::workload::{Spawn, Starting};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Spawn> for Rayon {
    const FIT: Fit =
        Fit::Possible("a scope boxes every task; an iterator does not");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        let empty = job.empty();
        self.drive(|| {
            let mut sum = 0;
            for round in job.rounds() {
                if job.form == Starting::Many {
                    let tasks = round.at_once().into_par_iter().with_max_len(1);
                    sum += tasks.map(|task| empty.task(task)).sum::<u64>();
                    continue;
                }
                let mut results = vec![0; round.size()];
                rayon::scope(|scope| {
                    for (task, result) in round.zip(&mut results) {
                        scope.spawn(move |_| *result = empty.task(task));
                    }
                });
                sum += results.into_iter().sum::<u64>();
            }
            job.finish(sum)
        })
    }
}
