//! `fetch` in OS threads under a global lock.
//!
//! - share: every thread borrows the requests and the number of the next one
//! - start: a scoped thread for each request that may be in flight
//! - wait: a thread lets go of the lock until its answer is there
//! - join: the threads are joined in order, their numbers put in order

use crate::{Gil, Interpreter, affordable, join_all};
use lanes_core::request::Connection;
use lanes_core::workload::Fetch;
use lanes_core::{Error, Fit, Job, Run};
use std::sync::atomic::{AtomicUsize, Ordering};

impl Run<Fetch> for Gil {
    const FIT: Fit =
        Fit::Natural("a thread that waits for I/O has let go of the lock");

    fn run(&self, job: &Job<Fetch>) -> Result<Vec<u64>, Error> {
        affordable(job.in_flight())?;
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        let next = AtomicUsize::new(0);
        gil.drive(|scope| {
            let threads = (0..job.in_flight())
                .map(|task| {
                    gil.spawn_scoped(scope, task, || fetch(gil, job, &next))
                })
                .collect::<Result<_, _>>()?;
            Ok(job.in_order(join_all(threads)?.concat()))
        })
    }
}

fn fetch(
    gil: &Interpreter,
    job: &Job<Fetch>,
    next: &AtomicUsize,
) -> Result<Vec<(usize, u64)>, Error> {
    let mut connection = Connection::default();
    let mut results = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= job.indices().end {
            return Ok(results);
        }
        let request = job.request(index);
        // The others send their requests, and look at their answers.
        let reply = gil.allow_threads(index, || {
            connection.exchange(request, job.context(), index)
        })?;
        results.push((index, job.largest(index, &reply)?));
    }
}
