//! `double` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part, dealt to the cores in turn
//! - wait: only the task that joins, which gives its core back
//! - join: the handles are awaited in order, their pieces moved

use crate::{TokioPerCore, joined};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Double;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Double> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("even parts suit it; compute holds back the core's I/O");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        let workers = self.threads.len();
        self.drive(job, move |job, cores| async move {
            let start = |part| {
                let job = job.clone();
                cores.spawn(async move { job.double(part) })
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut pieces = Vec::with_capacity(tasks.len());
            for task in tasks {
                pieces.push(joined(task.await)?);
            }
            Ok(pieces.into_iter().collect())
        })
    }
}
