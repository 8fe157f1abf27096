//! `wordcount` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job, and has a table of its
//!   own
//! - start: a task for each part, dealt to the cores in turn
//! - wait: only the task that joins, which gives its core back
//! - join: the handles are awaited in order, each table is put into the one so
//!   far

use crate::{TokioPerCore, joined};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Wordcount> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("even parts suit it; compute holds back the core's I/O");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let workers = self.threads.len();
        self.drive(job, move |job, cores| async move {
            let start = |part| {
                let job = job.clone();
                cores.spawn(async move { job.count(part, Counts::default()) })
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut counts = Counts::default();
            for task in tasks {
                counts = counts.and(joined(task.await)?);
            }
            Ok(counts)
        })
    }
}
