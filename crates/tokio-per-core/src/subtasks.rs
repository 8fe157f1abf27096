//! `subtasks` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each subtask, dealt to the cores in turn
//! - wait: a task gives its core back until the answer is there
//! - join: the handles are awaited in order

use crate::{Connection, TokioPerCore, joined};
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for TokioPerCore {
    const FIT: Fit = Fit::Possible(
        "compute holds back its core, and nobody steals the rest",
    );

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job, cores| async move {
            let start = |task| cores.spawn(subtask(job.clone(), task));
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
