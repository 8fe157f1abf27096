//! `fetch` on the caller's thread.
//!
//! - share: a reference to the requests
//! - start: a call for each request
//! - wait: the one thread waits for each answer
//! - join: the numbers are collected as they come

use crate::Sequential;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fetch> for Sequential {
    fn fit(&self) -> Fit {
        Fit::Unsuitable("one request in flight: the sum of all delays")
    }

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(|| job.indices().map(|index| fetch(job, index)).collect())
    }
}

fn fetch(job: &Job<Fetch>, index: usize) -> Result<u64, Error> {
    let reply = job.request(index).exchange(job.context(), index)?;
    job.largest(index, &reply)
}
