//! `spawn` in smol.
//!
//! - share: a token that every task copies
//! - start: a task for each on the one global queue, from which workers take
//!   batches; `spawn_many` takes the lock of the executor's list of tasks once
//!   for 500
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, the results added

use crate::Smol;
use lanes_core::workload::{Spawn, Starting};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Spawn> for Smol {
    const FIT: Fit = Fit::Natural("a task is one allocation on a queue");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        self.drive(job, |job, executor| async move {
            let empty = job.empty();
            let work = |task| async move { empty.task(task) };
            let mut sum = 0;
            for round in job.rounds() {
                let mut tasks = Vec::with_capacity(round.size());
                match job.form {
                    Starting::Each => {
                        tasks.extend(round.map(|t| executor.spawn(work(t))));
                    }
                    Starting::Many => {
                        executor.spawn_many(round.map(work), &mut tasks);
                    }
                }
                for task in tasks {
                    sum += task.await;
                }
            }
            job.finish(sum)
        })
    }
}
