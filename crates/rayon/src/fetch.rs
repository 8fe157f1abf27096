//! `fetch` in rayon.
//!
//! - share: every job borrows the requests
//! - start: a parallel iterator over as many parts as requests may be in
//!   flight, one a job
//! - wait: a worker waits for its answer and takes no other job meanwhile
//! - join: the numbers are collected in the order of their parts

use crate::Rayon;
use lanes_core::parts::Part;
use lanes_core::request::Connection;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Fetch> for Rayon {
    const FIT: Fit =
        Fit::Unsuitable("no more requests in flight than there are workers");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        // One connection a part: `map_init` would open one for each split.
        let parts: Vec<Part> = job.parts(job.in_flight()).collect();
        let largest: Vec<Vec<u64>> = self.drive(|| {
            parts
                .into_par_iter()
                .with_max_len(1)
                .map(|part| fetch(job, part))
                .collect()
        })?;
        Ok(largest.concat())
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
