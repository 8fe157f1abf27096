//! `read` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each part on the worker's deque, to be stolen
//! - wait: a worker waits for its file and takes no other task meanwhile
//! - join: the tasks are joined in order, their numbers concatenated

use crate::{Crossbeam, executor};
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Read> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("files that are cached never wait: this is compute");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        let workers = self.workers;
        self.drive(job, move |job| {
            let start = |part| {
                let job = job.clone();
                executor::spawn(move || read(job, part))
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut largest = Vec::new();
            for task in tasks {
                largest.extend(task.join()?);
            }
            Ok(largest)
        })
    }
}

fn read(job: Job<Read>, part: Part) -> Result<Vec<u64>, Error> {
    let task = part.task;
    let mut largest = Vec::with_capacity(part.range.len());
    for file in part.range {
        let text = job.load(task, file)?;
        largest.push(job.largest(task, file, &text)?);
    }
    Ok(largest)
}
