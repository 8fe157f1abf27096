//! `read` in rayon.
//!
//! - share: every job borrows the list of files
//! - start: a parallel iterator over the files, halved for each worker and
//!   again where a half is stolen
//! - wait: a worker waits for its file and takes no other job meanwhile
//! - join: the numbers are collected in the order of the files

use crate::Rayon;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Read> for Rayon {
    const FIT: Fit =
        Fit::Natural("files that are cached never wait: this is compute");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        self.drive(|| {
            job.indices().into_par_iter().map(|file| read(job, file)).collect()
        })
    }
}

fn read(job: &Job<Read>, file: usize) -> Result<u64, Error> {
    let text = job.load(file, file)?;
    job.largest(file, file, &text)
}
