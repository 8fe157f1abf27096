//! `wordcount` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job, and has a table of its
//!   own
//! - start: a boxed closure for each part on the worker's deque, to be stolen
//! - wait: only the worker that joins, which runs other tasks meanwhile
//! - join: the tasks are joined in order, each table is put into the one so far

use crate::{Crossbeam, executor};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Wordcount> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("a table for each part, one part for each worker");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let workers = self.workers;
        self.drive(job, move |job| {
            let start = |part| {
                let job = job.clone();
                executor::spawn(move || job.count(part, Counts::default()))
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut counts = Counts::default();
            for task in tasks {
                counts = counts.and(task.join()?);
            }
            Ok(counts)
        })
    }
}
