//! `spawn` in rayon.
//!
//! - share: a token that every job copies; each borrows a place for its result
//! - start: `Scope::spawn` puts a boxed closure on the worker's deque
//! - wait: the worker that opened the scope runs its jobs meanwhile
//! - join: the scope ends when all jobs have, the results are added

use crate::Rayon;
use lanes_core::workload::Spawn;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Rayon {
    const FIT: Fit =
        Fit::Possible("a scope boxes every task; iterators would not");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        let empty = job.empty();
        self.drive(|| {
            let mut sum = 0;
            for round in job.rounds() {
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
