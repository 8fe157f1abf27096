//! `double` in tokio.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part on the worker's queue, to be stolen
//! - wait: never
//! - join: the handles are awaited in order, their pieces moved

use crate::{Tokio, join_all};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Double> for Tokio {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; here nothing else needs it");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let workers = self.workers;
        self.drive(job, move |job| async move {
            let start = |part| {
                let job = job.clone();
                tokio::spawn(async move { job.double(part) })
            };
            let tasks = job.parts(workers).map(start).collect();
            Ok(join_all(tasks).await?.into_iter().collect())
        })
    }
}
