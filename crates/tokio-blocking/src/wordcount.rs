//! `wordcount` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job, and has a table of its
//!   own
//! - start: a blocking task for each part, on one queue for all blocking
//!   threads
//! - wait: only the task that joins, which holds no thread
//! - join: the handles are awaited in order, each table is put into the one so
//!   far

use crate::{TokioBlocking, joined};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Wordcount> for TokioBlocking {
    const FIT: Fit = Fit::Possible(
        "made for calls that block; its docs want computing bounded",
    );

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let workers = self.workers;
        self.drive(job, move |job| async move {
            let start = |part| {
                let job = job.clone();
                task::spawn_blocking(move || job.count(part, Counts::default()))
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
