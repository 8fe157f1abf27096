//! `read` on the caller's thread.
//!
//! - share: a reference to the list of files
//! - start: a call for each file
//! - wait: the one thread waits for each file
//! - join: the numbers are collected as they come

use crate::Sequential;
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Read> for Sequential {
    const FIT: Fit =
        Fit::Natural("one pass over the files, read and parsed in turn");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        self.drive(|| {
            let mut largest = Vec::new();
            for part in job.parts(self.workers) {
                largest.extend(read(job, part)?);
            }
            Ok(largest)
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
