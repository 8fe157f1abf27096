//! `fetch` in rayon.
//!
//! - share: every job borrows the requests
//! - start: a parallel iterator over the requests, one a job
//! - wait: a worker waits for its answer and takes no other job meanwhile
//! - join: the numbers are collected in the order of the requests

use crate::Rayon;
use lanes_core::request::Connection;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Fetch> for Rayon {
    const FIT: Fit =
        Fit::Unsuitable("no more requests in flight than there are workers");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(|| {
            job.indices()
                .into_par_iter()
                .with_max_len(1)
                .map_init(Connection::default, |connection, index| {
                    fetch(job, connection, index)
                })
                .collect()
        })
    }
}

fn fetch(
    job: &Job<Fetch>,
    connection: &mut Connection,
    index: usize,
) -> Result<u64, Error> {
    let request = job.request(index);
    let reply = connection.exchange(request, job.context(), index)?;
    job.largest(index, &reply)
}
