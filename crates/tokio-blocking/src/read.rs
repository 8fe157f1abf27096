//! `read` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job
//! - start: a blocking task for each part, which reads its files as any thread
//!   does
//! - wait: a blocking thread waits for its file and takes no other task
//!   meanwhile
//! - join: the handles are awaited in order, their numbers concatenated

use crate::{TokioBlocking, joined};
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Read> for TokioBlocking {
    const FIT: Fit =
        Fit::Natural("files that block are what these threads are for");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        let workers = self.workers;
        self.drive(job, move |job| async move {
            let start = |part| {
                let job = job.clone();
                task::spawn_blocking(move || read(&job, part))
            };
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut largest = Vec::new();
            for task in tasks {
                largest.extend(joined(task.await)?);
            }
            Ok(largest)
        })
    }
}

fn read(job: &Job<Read>, part: Part) -> Result<Vec<u64>, Error> {
    let task = part.task;
    let mut largest = Vec::with_capacity(part.range.len());
    for file in part.range {
        let text = job.load(task, file)?;
        largest.push(job.largest(task, file, &text)?);
    }
    Ok(largest)
}
