//! `read` in rayon.
//!
//! - share: every job borrows the list of files
//! - start: a parallel iterator over the parts; idle workers steal halves
//! - wait: a worker waits for its file and takes no other job meanwhile
//! - join: the numbers are collected in the order of their parts

use crate::Rayon;
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Read> for Rayon {
    const FIT: Fit =
        Fit::Natural("files that are cached never wait: this is compute");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        let parts: Vec<Part> = job.parts(self.workers).collect();
        let largest: Vec<Vec<u64>> = self.drive(|| {
            parts.into_par_iter().map(|part| read(job, part)).collect()
        })?;
        Ok(largest.concat())
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
