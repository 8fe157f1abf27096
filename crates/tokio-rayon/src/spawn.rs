//! `spawn` in tokio, computing in a rayon pool.
//!
//! - share: a token that every computation copies
//! - start: each is handed to the pool as a boxed closure with a channel, on a
//!   queue that a worker looks into when it finds no other work; many at once
//!   are handed over together, as a parallel iterator cut down to one task a
//!   job
//! - wait: only the task that joins, which holds no thread
//! - join: all come back through channels that are awaited in order, the
//!   results added

use crate::{TokioRayon, received};
use lanes_core::workload::{Spawn, Starting};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Spawn> for TokioRayon {
    const FIT: Fit =
        Fit::Possible("a channel and a closure for each, on one queue");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        self.drive(job, |job, pool| async move {
            let empty = job.empty();
            let start = |task| pool.compute(move || Ok(empty.task(task)));
            let mut sum = 0;
            for round in job.rounds() {
                if job.form == Starting::Many {
                    let tasks = round.at_once().into_par_iter().with_max_len(1);
                    let numbers = tasks.map(move |task| empty.task(task));
                    let all = pool.compute(|| Ok(numbers.sum::<u64>()));
                    sum += received(all.await)?;
                    continue;
                }
                let tasks: Vec<_> = round.map(start).collect();
                for task in tasks {
                    sum += received(task.await)?;
                }
            }
            job.finish(sum)
        })
    }
}
