//! `subtasks` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each subtask, and a blocking task for each of its
//!   stretches of compute
//! - wait: a task holds no thread, neither while it computes elsewhere nor
//!   until the answer is there
//! - join: the handles are awaited in order

use crate::{Connection, TokioBlocking, joined};
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Subtasks> for TokioBlocking {
    const FIT: Fit =
        Fit::Natural("compute never holds back the I/O of another task");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| async move {
            let start = |task| tokio::spawn(subtask(job.clone(), task));
            let tasks: Vec<_> = job.tasks().map(start).collect();
            let mut results = Vec::with_capacity(tasks.len());
            for task in tasks {
                results.push(joined(task.await)?);
            }
            Ok(results)
        })
    }
}

async fn subtask(job: Job<Subtasks>, task: usize) -> Result<u64, Error> {
    let own = job.clone();
    let before = task::spawn_blocking(move || own.before(task));
    let state = joined(before.await)?;
    let reply = match job.request(task) {
        Some(request) => {
            let mut connection = Connection::default();
            connection.exchange(&request, job.context(), task).await?
        }
        None => Vec::new(),
    };
    let after = task::spawn_blocking(move || job.after(task, state, &reply));
    joined(after.await)
}
