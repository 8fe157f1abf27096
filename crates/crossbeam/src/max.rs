//! `max` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each part on the worker's deque, to be stolen
//! - wait: only the worker that joins, which runs other tasks meanwhile
//! - join: the tasks are joined in order, the results folded

use crate::{Crossbeam, executor};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Max> for Crossbeam {
    const FIT: Fit = Fit::Natural("a few large parts, one for each worker");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let workers = self.workers;
        self.drive(job, move |job| {
            let start = |part| {
                let job = job.clone();
                executor::spawn(move || job.max(part))
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut most = None;
            for task in tasks {
                most = most.max(task.join()?);
            }
            Ok(most)
        })
    }
}
