//! `max` on the caller's thread.
//!
//! - share: a reference to the list
//! - start: a call
//! - wait: never
//! - join: the results are folded as they come

use crate::Sequential;
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Max> for Sequential {
    const FIT: Fit =
        Fit::Natural("one pass over the list, as fast as one core reads");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        self.drive(|| {
            let mut most = None;
            for part in job.parts(self.workers) {
                most = most.max(job.max(part)?);
            }
            Ok(most)
        })
    }
}
