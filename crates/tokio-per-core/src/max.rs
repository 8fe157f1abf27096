//! `max` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part, dealt to the cores in turn
//! - wait: only the task that joins, which gives its core back
//! - join: the handles are awaited in order, the results folded

use crate::{TokioPerCore, joined};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Max> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("even parts suit it; compute holds back the core's I/O");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let workers = self.threads.len();
        self.drive(job, move |job, cores| async move {
            let start = |part| {
                let job = job.clone();
                cores.spawn(async move { job.max(part) })
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut most = None;
            for task in tasks {
                most = most.max(joined(task.await)?);
            }
            Ok(most)
        })
    }
}
