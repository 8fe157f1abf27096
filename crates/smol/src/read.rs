//! `read` in smol.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part; each file is read on a blocking thread
//! - wait: a task gives its worker back until the file is there
//! - join: the handles are awaited in order, their numbers concatenated

use crate::Smol;
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};
use smol::fs;

impl Run<Read> for Smol {
    const FIT: Fit =
        Fit::Possible("two changes of thread for each file that never waits");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        let workers = self.workers;
        self.drive(job, move |job, executor| async move {
            let start = |part| executor.spawn(read(job.clone(), part));
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut largest = Vec::new();
            for task in tasks {
                largest.extend(task.await?);
            }
            Ok(largest)
        })
    }
}

async fn read(job: Job<Read>, part: Part) -> Result<Vec<u64>, Error> {
    let task = part.task;
    let mut largest = Vec::with_capacity(part.range.len());
    for file in part.range {
        let load = async { Ok(fs::read(job.path(file)).await?) };
        let text = job.context().wait(task, load).await?;
        largest.push(job.largest(task, file, &text)?);
    }
    Ok(largest)
}
