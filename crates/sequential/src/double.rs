//! `double` on the caller's thread.
//!
//! - share: a reference to the list
//! - start: a call
//! - wait: never
//! - join: the pieces are collected as they come

use crate::Sequential;
use lanes_core::numbers::Pieces;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Double> for Sequential {
    const FIT: Fit =
        Fit::Natural("one pass over the list, as fast as one core copies");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        self.drive(|| {
            job.parts(self.workers).map(|part| job.double(part)).collect()
        })
    }
}
