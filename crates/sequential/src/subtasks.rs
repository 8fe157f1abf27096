//! `subtasks` on the caller's thread.
//!
//! - share: a reference to the plan
//! - start: a call for each subtask
//! - wait: the one thread waits for the server, and all the others with it
//! - join: the answers are collected as they come

use crate::Sequential;
use lanes_core::request::Connection;
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for Sequential {
    const FIT: Fit =
        Fit::Possible("nothing else happens while one subtask waits");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(|| job.tasks().map(|task| subtask(job, task)).collect())
    }
}

fn subtask(job: &Job<Subtasks>, task: usize) -> Result<u64, Error> {
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
