//! `subtasks` in tokio, computing in a rayon pool.
//!
//! - share: every task owns a counted handle to the job and to the pool
//! - start: a task for each subtask, which hands each of its stretches of
//!   compute to the pool
//! - wait: a task holds no thread, neither while it computes elsewhere nor
//!   until the answer is there
//! - join: the handles are awaited in order

use crate::{Connection, Pool, TokioRayon, joined, received};
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("compute never holds back the I/O of another task");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job, pool| async move {
            let start =
                |task| tokio::spawn(subtask(job.clone(), pool.clone(), task));
            let tasks: Vec<_> = job.tasks().map(start).collect();
            let mut results = Vec::with_capacity(tasks.len());
            for task in tasks {
                results.push(joined(task.await)?);
            }
            Ok(results)
        })
    }
}

async fn subtask(
    job: Job<Subtasks>,
    pool: Pool,
    task: usize,
) -> Result<u64, Error> {
    let own = job.clone();
    let before = pool.compute(move || own.before(task));
    let state = received(before.await)?;
    let reply = match job.request(task) {
        Some(request) => {
            let mut connection = Connection::default();
            connection.exchange(&request, job.context(), task).await?
        }
        None => Vec::new(),
    };
    let after = pool.compute(move || job.after(task, state, &reply));
    received(after.await)
}
