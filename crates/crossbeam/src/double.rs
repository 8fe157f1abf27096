//! `double` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each part on the worker's deque, to be stolen
//! - wait: only the worker that joins, which runs other tasks meanwhile
//! - join: the tasks are joined in order, their pieces moved

use crate::{Crossbeam, executor};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Double> for Crossbeam {
    const FIT: Fit = Fit::Natural("a few large parts, one for each worker");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let workers = self.workers;
        self.drive(job, move |job| {
            let start = |part| {
                let job = job.clone();
                executor::spawn(move || job.double(part))
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut pieces = Vec::with_capacity(tasks.len());
            for task in tasks {
                pieces.push(task.join()?);
            }
            Ok(pieces.into_iter().collect())
        })
    }
}
