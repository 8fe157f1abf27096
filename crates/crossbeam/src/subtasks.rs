//! `subtasks` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each subtask on the worker's deque
//! - wait: a worker waits for its answer and takes no other task meanwhile
//! - join: the tasks are joined in order

use crate::pool::spawn;
use crate::{Crossbeam, join_all};
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
                spawn(move || subtask(&job, task))
            };
            join_all(job.tasks().map(start).collect())
        })
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
