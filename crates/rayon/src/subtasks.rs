//! `subtasks` in rayon.
//!
//! - share: every job borrows the plan
//! - start: a parallel iterator over the subtasks, one a job
//! - wait: a worker waits for its answer and takes no other job meanwhile
//! - join: the answers are collected in the order of the subtasks

use crate::Rayon;
use lanes_core::request::Connection;
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Subtasks> for Rayon {
    const FIT: Fit =
        Fit::Possible("a wait occupies one of few workers; there are only two");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(|| {
            job.tasks()
                .into_par_iter()
                .with_max_len(1)
                .map(|task| subtask(job, task))
                .collect()
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
