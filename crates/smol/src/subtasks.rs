//! `subtasks` in smol.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each subtask on the one global queue, from which workers
//!   take batches
//! - wait: a task gives its worker back until the answer is there
//! - join: the handles are awaited in order

use crate::{Connection, Smol};
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for Smol {
    const FIT: Fit =
        Fit::Natural("waits are free; compute between them holds a worker");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job, executor| async move {
            let start = |task| executor.spawn(subtask(job.clone(), task));
            let tasks: Vec<_> = job.tasks().map(start).collect();
            let mut results = Vec::with_capacity(tasks.len());
            for task in tasks {
                results.push(task.await?);
            }
            Ok(results)
        })
    }
}

async fn subtask(job: Job<Subtasks>, task: usize) -> Result<u64, Error> {
    let state = job.before(task)?;
    let reply = match job.request(task) {
        Some(request) => {
            let mut connection = Connection::default();
            connection.exchange(&request, job.context(), task).await?
        }
        None => Vec::new(),
    };
    job.after(task, state, &reply)
}
