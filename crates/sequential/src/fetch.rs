//! `fetch` on the caller's thread.
//!
//! - share: a reference to the requests
//! - start: a call for each request
//! - wait: the one thread waits for each answer
//! - join: the numbers are collected as they come

use crate::Sequential;
use lanes_core::parts::Part;
use lanes_core::request::Connection;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Fetch> for Sequential {
    const FIT: Fit =
        Fit::Unsuitable("one request in flight: the sum of all delays");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        self.drive(|| {
            let mut largest = Vec::new();
            for part in job.parts(self.workers) {
                largest.extend(fetch(job, part)?);
            }
            Ok(largest)
        })
    }
}

fn fetch(job: &Job<Fetch>, part: Part) -> Result<Vec<u64>, Error> {
    let mut connection = Connection::default();
    let mut largest = Vec::with_capacity(part.range.len());
    for index in part.range {
        let request = job.request(index);
        let reply = connection.exchange(request, job.context(), index)?;
        largest.push(job.largest(index, &reply)?);
    }
    Ok(largest)
}
