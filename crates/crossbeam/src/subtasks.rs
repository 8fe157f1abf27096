//! `subtasks` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each subtask on the worker's deque, to be
//!   stolen
//! - wait: a worker waits for its answer and takes no other task meanwhile
//! - join: the tasks are joined in order

use crate::{Crossbeam, executor};
use lanes_core::request::Connection;
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for Crossbeam {
    const FIT: Fit =
        Fit::Possible("a wait occupies a worker; the longest is stolen first");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| {
            let start = |task| {
                let job = job.clone();
                executor::spawn(move || subtask(job, task))
            };
            let tasks: Vec<_> = job.tasks().map(start).collect();
            let mut results = Vec::with_capacity(tasks.len());
            for task in tasks {
                results.push(task.join()?);
            }
            Ok(results)
        })
    }
}

fn subtask(job: Job<Subtasks>, task: usize) -> Result<u64, Error> {
    let state = job.before(task)?;
    let reply = match job.request(task) {
        Some(request) => {
            let mut connection = Connection::default();
            connection.exchange(&request, job.context(), task)?
        }
        None => Vec::new(),
    };
    job.after(task, state, &reply)
}
