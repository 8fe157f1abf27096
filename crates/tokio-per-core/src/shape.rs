//! `shape` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job and to the queue
//! - start: a task for each lane, dealt to the cores in turn, where it stays
//! - wait: a task gives its core back until a timer of that core, of whole
//!   milliseconds, wakes it
//! - join: the handles are awaited in order, their tallies added

use crate::{TokioPerCore, joined};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use std::time::Duration;
use tokio::time;

impl Run<Shape> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("waits are free; compute holds back its core's tasks");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        self.drive(job, |job, cores| async move {
            let queue = Arc::new(job.queue());
            let start = |_| cores.spawn(lane(job.clone(), Arc::clone(&queue)));
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
        let state = job.before(&queue, task)?;
        if let Some(wait) = job.wait() {
            job.context().wait(task, sleep(wait)).await?;
        }
        job.after(&queue, task, state, &mut tally)?;
    }
    Ok(tally)
}

async fn sleep(wait: Duration) -> Result<(), Error> {
    time::sleep(wait).await;
    Ok(())
}
