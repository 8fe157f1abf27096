//! `read` in OS threads.
//!
//! - share: every thread borrows the list of files
//! - start: a scoped thread for each part
//! - wait: a thread waits for its file, and the system runs the others
//! - join: the threads are joined in order, their numbers concatenated

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Read> for Threads {
    const FIT: Fit = Fit::Natural("blocking calls are what a thread is for");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| spawn_scoped(scope, || read(job, part)))
                .collect::<Result<_, _>>()?;
            Ok(join_all(threads)?.concat())
        })
    }
}

fn read(job: &Job<Read>, part: Part) -> Result<Vec<u64>, Error> {
    let task = part.task;
    let mut largest = Vec::with_capacity(part.range.len());
    for file in part.range {
        let text = job.load(task, file)?;
        largest.push(job.largest(task, file, &text)?);
    }
    Ok(largest)
}
