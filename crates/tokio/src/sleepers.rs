//! `sleepers` in tokio.
//!
//! - share: every task owns a counted handle to the hall
//! - start: a task for each; the newest lies in a slot that nobody steals from,
//!   the others on the worker's queue, which overflows into a global one
//! - wait: a task gives its worker back until a timer, of whole milliseconds,
//!   wakes it
//! - join: the handles are awaited in order, their numbers added

use crate::{Tokio, joined};
use lanes_core::workload::{Hall, Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio::time;

impl Run<Sleepers> for Tokio {
    const FIT: Fit = Fit::Natural(
        "a task that waits is some hundred bytes, with its timer inside",
    );

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        self.drive(job, |job| async move {
            let hall = Arc::new(job.hall()?);
            let start = |task| tokio::spawn(sleeper(Arc::clone(&hall), task));
            let mut tasks: Vec<_> = job.sleepers().map(start).collect();
            let all = async {
                let mut sum = 0;
                for task in &mut tasks {
                    sum += joined(task.await)?;
                }
                hall.answer(sum)
            };
            let answer = job.context().unless_stopped(all).await;
            if answer.is_err() {
                // One whose handle is dropped sleeps on.
                tasks.iter().for_each(JoinHandle::abort);
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
            time::sleep(hall.wait()).await;
            if let Some(number) = hall.leave(task) {
                return Ok(number);
            }
        }
    }
}
