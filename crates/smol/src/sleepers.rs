//! `sleepers` in smol.
//!
//! - share: every task owns a counted handle to the hall
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: a task gives its worker back until a timer of the reactor, in a tree
//!   of all timers, wakes it
//! - join: the handles are awaited in order, their numbers added

use crate::Smol;
use lanes_core::workload::{Hall, Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run};
use smol::Timer;
use std::sync::Arc;

impl Run<Sleepers> for Smol {
    const FIT: Fit =
        Fit::Natural("a task that waits is some hundred bytes and a timer");

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        self.drive(job, |job, executor| async move {
            let hall = Arc::new(job.hall()?);
            let start = |task| executor.spawn(sleeper(Arc::clone(&hall), task));
            let tasks: Vec<_> = job.sleepers().map(start).collect();
            // One whose handle is dropped is cancelled.
            let all = async {
                let mut sum = 0;
                for task in tasks {
                    sum += task.await?;
                }
                hall.answer(sum)
            };
            job.context().unless_stopped(all).await
        })
    }
}

#[expect(clippy::manual_async_fn, reason = "that keeps its arguments twice")]
fn sleeper(
    hall: Arc<Hall>,
    task: u32,
) -> impl Future<Output = Result<u64, Error>> {
    async move {
        hall.enter(task)?;
        loop {
            Timer::after(hall.wait()).await;
            if let Some(number) = hall.leave(task) {
                return Ok(number);
            }
        }
    }
}
