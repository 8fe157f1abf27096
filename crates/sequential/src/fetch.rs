//! `fetch` on the caller's thread.
//!
//! - share: a reference to the requests
//! - start: a call for each request
//! - wait: the one thread waits for each answer
//! - join: the numbers are collected as they come

use crate::Sequential;
use lanes_core::request::Connection;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fetch> for Sequential {
    const FIT: Fit =
        Fit::Unsuitable("one request in flight: the sum of all delays");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        let mut connection = Connection::default();
        self.drive(|| {
            let fetch = |index| fetch(job, &mut connection, index);
            job.indices().map(fetch).collect()
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
