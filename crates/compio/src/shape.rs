//! `shape` in compio.
//!
//! - share: every task owns a counted handle to the job and to the queue
//! - start: a task for each lane, on one queue; the thread that takes it keeps
//!   it
//! - wait: a task gives its worker back until a timer of its runtime wakes it
//! - join: the caller waits for each in order, their tallies are added

use crate::{Compio, join_all};
use compio::time;
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use std::time::Duration;

impl Run<Shape> for Compio {
    const FIT: Fit =
        Fit::Possible("waits are free; compute holds back the thread's tasks");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        self.drive(job, |job| {
            let queue = Arc::new(job.queue());
            let start = |_| {
                let (job, queue) = (job.clone(), Arc::clone(&queue));
                self.dispatch(move || lane(job, queue))
            };
            job.answer(join_all(job.lanes().map(start))?)
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
