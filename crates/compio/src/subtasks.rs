//! `subtasks` in compio.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each subtask, on one queue; the thread that takes it
//!   keeps it
//! - wait: a task gives its worker back until the kernel has filled its buffer
//! - join: the caller waits for each in order

use crate::{Compio, Connection, join_all};
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for Compio {
    const FIT: Fit =
        Fit::Possible("waits are free; compute holds back the thread's tasks");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| {
            let start = |task| {
                let job = job.clone();
                self.dispatch(move || subtask(job, task))
            };
            join_all(job.tasks().map(start))
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
