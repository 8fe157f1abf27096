//! `wordcount` in tokio.
//!
//! - share: every task owns a counted handle to the job, and has a table of its
//!   own
//! - start: a task for each part; the newest lies in a slot that nobody steals
//!   from, the others on the worker's queue
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, each table is put into the one so
//!   far

use crate::{Tokio, joined};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Wordcount> for Tokio {
    const FIT: Fit =
        Fit::Possible("compute blocks a worker; here nothing else needs it");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let workers = self.workers;
        self.drive(job, move |job| async move {
            let start = |part| {
                let job = job.clone();
                tokio::spawn(async move { job.count(part, Counts::default()) })
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
