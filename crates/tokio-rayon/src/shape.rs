//! `shape` in tokio, computing in a rayon pool.
//!
//! - share: every task owns a counted handle to the job, to the queue and to
//!   the pool
//! - start: a task for each lane, which hands each of its stretches of compute
//!   to the pool
//! - wait: a task holds no thread, neither while it computes elsewhere nor
//!   until a timer, of whole milliseconds, wakes it
//! - join: the handles are awaited in order, their tallies added

use crate::{Pool, TokioRayon, joined, received};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use std::time::Duration;
use tokio::time;

impl Run<Shape> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("waits are free, and compute holds back only compute");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        self.drive(job, |job, pool| async move {
            let queue = Arc::new(job.queue());
            let start = |_| {
                let (job, queue) = (job.clone(), Arc::clone(&queue));
                tokio::spawn(lane(job, queue, pool.clone()))
            };
            let tasks: Vec<_> = job.lanes().map(start).collect();
            let mut tallies = Vec::with_capacity(tasks.len());
            for task in tasks {
                tallies.push(joined(task.await)?);
            }
            job.answer(tallies)
        })
    }
}

async fn lane(
    job: Job<Shape>,
    queue: Arc<Queue>,
    pool: Pool,
) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for task in job.tasks(&queue) {
        if let Some(wait) = job.arrives_in(&queue, task) {
            job.context().wait(task, sleep(wait)).await?;
        }
        let (own, shared) = (job.clone(), Arc::clone(&queue));
        let before = pool.compute(move || own.before(&shared, task));
        let state = received(before.await)?;
        if let Some(wait) = job.wait() {
            job.context().wait(task, sleep(wait)).await?;
        }
        let (own, shared) = (job.clone(), Arc::clone(&queue));
        // The tally goes along, and comes back with the result.
        let after = pool.compute(move || {
            own.after(&shared, task, state, &mut tally)?;
            Ok(tally)
        });
        tally = received(after.await)?;
    }
    Ok(tally)
}

async fn sleep(wait: Duration) -> Result<(), Error> {
    time::sleep(wait).await;
    Ok(())
}
