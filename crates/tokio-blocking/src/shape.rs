//! `shape` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job and to the queue
//! - start: a task for each lane, and a blocking task for each of its stretches
//!   of compute
//! - wait: a task holds no thread, neither while it computes elsewhere nor
//!   until a timer, of whole milliseconds, wakes it
//! - join: the handles are awaited in order, their tallies added

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use std::time::Duration;
use tokio::{task, time};

impl Run<Shape> for TokioBlocking {
    const FIT: Fit =
        Fit::Natural("waits are free, and compute holds back only compute");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        self.drive(job, |job| async move {
            let queue = Arc::new(job.queue());
            let start = |_| tokio::spawn(lane(job.clone(), Arc::clone(&queue)));
            let tasks: Vec<_> = job.lanes().map(start).collect();
            let mut tallies = Vec::with_capacity(tasks.len());
            for task in tasks {
                tallies.push(joined(task.await)?);
            }
            job.answer(tallies)
        })
    }
}

async fn lane(job: Job<Shape>, queue: Arc<Queue>) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for task in job.tasks(&queue) {
        if let Some(wait) = job.arrives_in(&queue, task) {
            job.context().wait(task, sleep(wait)).await?;
        }
        let (own, shared) = (job.clone(), Arc::clone(&queue));
        let before = task::spawn_blocking(move || own.before(&shared, task));
        let state = joined(before.await)?;
        if let Some(wait) = job.wait() {
            job.context().wait(task, sleep(wait)).await?;
        }
        let (own, shared) = (job.clone(), Arc::clone(&queue));
        // The tally goes along, and comes back with the result.
        let after = task::spawn_blocking(move || {
            own.after(&shared, task, state, &mut tally)?;
            Ok(tally)
        });
        tally = joined(after.await)?;
    }
    Ok(tally)
}

async fn sleep(wait: Duration) -> Result<(), Error> {
    time::sleep(wait).await;
    Ok(())
}
