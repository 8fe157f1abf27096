//! `sleepers` in compio.
//!
//! - share: every task owns a counted handle to the hall
//! - start: a task for each worker, on one queue; the thread that takes it
//!   starts its part of the sleepers on its own runtime
//! - wait: a task gives its worker back until a timer, in a tree of that
//!   thread's timers, wakes it
//! - join: each thread awaits its handles in order, the caller adds the sums

use crate::{Compio, join_all, joined};
use compio::{runtime, time};
use lanes_core::parts::{Part, split};
use lanes_core::workload::{Hall, Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Sleepers> for Compio {
    const FIT: Fit =
        Fit::Natural("each thread has the timers of its tasks, and no lock");

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        self.drive(job, |job| {
            let hall = Arc::new(job.hall()?);
            let start = |part| {
                let (job, hall) = (job.clone(), Arc::clone(&hall));
                self.dispatch(move || sleepers(job, hall, part))
            };
            let parts = split(job.tasks, 1, self.workers);
            hall.answer(join_all(parts.map(start))?.iter().sum())
        })
    }
}

async fn sleepers(
    job: Job<Sleepers>,
    hall: Arc<Hall>,
    part: Part,
) -> Result<u64, Error> {
    let goes_on = |task| job.finish(task).ok();
    let start = |task| runtime::spawn(sleeper(Arc::clone(&hall), task as u32));
    let tasks: Vec<_> = part.range.map_while(goes_on).map(start).collect();
    // One whose handle is dropped is cancelled.
    let all = async {
        let mut sum = 0;
        for task in tasks {
            sum += joined(task.await)?;
        }
        Ok(sum)
    };
    job.context().unless_stopped(all).await
}

async fn sleeper(hall: Arc<Hall>, task: u32) -> Result<u64, Error> {
    hall.enter(task)?;
    loop {
        time::sleep(hall.wait()).await;
        if let Some(number) = hall.leave(task) {
            return Ok(number);
        }
    }
}
