//! `wordcount` on the caller's thread.
//!
//! - share: a reference to the text
//! - start: a call
//! - wait: never
//! - join: never; there is one table from the start

use crate::Sequential;
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Wordcount> for Sequential {
    const FIT: Fit = Fit::Natural("one pass over the text, into one table");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        self.drive(|| {
            let mut counts = Counts::default();
            for part in job.parts(self.workers) {
                counts = job.count(part, counts)?;
            }
            Ok(counts)
        })
    }
}
