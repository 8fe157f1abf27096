//! `fetch` in rayon.
//!
//! - share: every job borrows the requests
//! - start: a parallel iterator over the requests, one a job
//! - wait: a worker waits for its answer and takes no other job meanwhile
//! - join: the numbers are collected in the order of the requests

use crate::Rayon;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Fetch> for Rayon {
    fn fit(&self) -> Fit {
        Fit::Unsuitable("no more requests in flight than there are workers")
    }

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(|| {
            job.indices()
                .into_par_iter()
                .with_max_len(1)
                .map(|index| fetch(job, index))
                .collect()
        })
    }
}

fn fetch(job: &Job<Fetch>, index: usize) -> Result<u64, Error> {
    let reply = job.request(index).exchange(job.context(), index)?;
    job.largest(index, &reply)
}
