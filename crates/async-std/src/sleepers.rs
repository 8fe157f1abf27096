//! `sleepers` in async-std.
//!
//! - share: every task owns a counted handle to the hall
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: a task gives its worker back until a timer of the reactor, in a tree
//!   of all timers, wakes it
//! - join: the handles are awaited in order, their numbers added

use crate::AsyncStd;
use async_std::task;
use lanes_core::workload::{Hall, Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run, caught_future};
use std::sync::Arc;

impl Run<Sleepers> for AsyncStd {
    const FIT: Fit =
        Fit::Natural("a task that waits is some hundred bytes and a timer");

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        self.drive(job, |job| async move {
            let hall = Arc::new(job.hall()?);
            let start = |task| task::spawn(sleeper(Arc::clone(&hall), task));
            let mut tasks: Vec<_> = job.sleepers().map(start).collect();
            let all = async {
                let mut sum = 0;
                for task in &mut tasks {
                    sum += task.await?;
                }
                hall.answer(sum)
            };
            // The panic of a task is rethrown where the task is awaited.
            let all = caught_future(all);
            let answer = job.context().unless_stopped(all).await;
            if answer.is_err() {
                // One whose handle is dropped sleeps on.
                for task in tasks {
                    let gone = async { Ok(task.cancel().await) };
                    caught_future(gone).await.ok();
                }
            }
            answer
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
            task::sleep(hall.wait()).await;
            if let Some(number) = hall.leave(task) {
                return Ok(number);
            }
        }
    }
}
