//! `shape` in smol.
//!
//! - share: every task owns a counted handle to the job and to the queue
//! - start: a task for each lane on the one global queue, from which workers
//!   take batches
//! - wait: a task gives its worker back until a timer of the reactor wakes it
//! - join: the handles are awaited in order, their tallies added

use crate::Smol;
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use smol::Timer;
use std::sync::Arc;
use std::time::Duration;

impl Run<Shape> for Smol {
    const FIT: Fit =
        Fit::Natural("waits are free; long compute holds back those behind it");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        self.drive(job, |job, executor| async move {
            let queue = Arc::new(job.queue());
            let start =
                |_| executor.spawn(lane(job.clone(), Arc::clone(&queue)));
            let tasks: Vec<_> = job.lanes().map(start).collect();
            let mut tallies = Vec::with_capacity(tasks.len());
            for task in tasks {
                tallies.push(task.await?);
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
        let state = job.before(&queue, task)?;
        if let Some(wait) = job.wait() {
            job.context().wait(task, sleep(wait)).await?;
        }
        job.after(&queue, task, state, &mut tally)?;
    }
    Ok(tally)
}

async fn sleep(wait: Duration) -> Result<(), Error> {
    Timer::after(wait).await;
    Ok(())
}
