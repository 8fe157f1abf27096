//! `read` in paralight.
//!
//! - share: every worker borrows the list of files
//! - start: a parallel loop over the files, an equal range of them for each
//!   worker; one that has none left takes half of the longest range
//! - wait: a worker waits for its file and takes no other meanwhile
//! - join: each number is written to its place in a list of all

use crate::{Paralight, task};
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};
use paralight::prelude::*;

impl Run<Read> for Paralight {
    const FIT: Fit =
        Fit::Natural("files that are cached never wait: this is compute");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        self.drive(|pool| {
            job.indices()
                .into_par_iter()
                .map(|file| task(job, || read(job, file)))
                .with_thread_pool(pool)
                .try_collect()
        })
    }
}

fn read(job: &Job<Read>, file: usize) -> Result<u64, Error> {
    let text = job.load(file, file)?;
    job.largest(file, file, &text)
}
