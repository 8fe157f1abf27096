//! `subtasks` in OS threads.
//!
//! - share: every thread borrows the plan
//! - start: a scoped thread for each subtask
//! - wait: a thread waits for its answer, and the system runs the others
//! - join: the threads are joined in order

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::request::Connection;
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for Threads {
    const FIT: Fit = Fit::Natural("a waiting thread costs no core");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(job.context(), |scope| {
            let threads = job
                .tasks()
                .map(|task| spawn_scoped(scope, move || subtask(job, task)))
                .collect::<Result<_, _>>()?;
            join_all(threads)
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
