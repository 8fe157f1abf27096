//! `counter` on the caller's thread.
//!
//! - share: a reference to the total
//! - start: a call for each task
//! - wait: never, since nobody else takes the lock
//! - join: nothing to join

use crate::Sequential;
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Counter> for Sequential {
    const FIT: Fit =
        Fit::Natural("the price of a lock or an atomic that nobody contends");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        self.drive(|| {
            let total = job.total();
            for task in 0..job.tasks {
                job.add(task, &total)?;
            }
            Ok(total.sum())
        })
    }
}
