//! `read` in orx-parallel.
//!
//! - share: every thread borrows the files, and one iterator over them
//! - start: the same closure goes to each thread of the pool, and pulls one
//!   file after the other
//! - wait: a thread waits for its file and takes no other meanwhile
//! - join: each closure keeps its own numbers, with those of their files; the
//!   caller merges them in order

use crate::pool::with_pool;
use crate::{OrxParallel, task};
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};
use orx_parallel::*;

impl Run<Read> for OrxParallel {
    const FIT: Fit =
        Fit::Natural("files that are cached never wait: this is compute");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        with_pool!(self, |pool| {
            job.indices()
                .into_par()
                .runner(Runner::adaptive_with_pool(pool))
                .chunk_size(1)
                .map(|file| task(job, || read(job, file)))
                .into_fallible()
                .collect()
        })
    }
}

fn read(job: &Job<Read>, file: usize) -> Result<u64, Error> {
    let text = job.load(file, file)?;
    job.largest(file, file, &text)
}
