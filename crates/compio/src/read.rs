//! `read` in compio.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part, on one queue; the kernel reads the files
//! - wait: a task gives its worker back until the file is in its buffer
//! - join: the caller waits for each in order, their numbers are concatenated

use crate::{Compio, join_all};
use compio::fs;
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Read> for Compio {
    const FIT: Fit =
        Fit::Natural("files are read by the kernel, without another thread");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| {
            let start = |part| {
                let job = job.clone();
                self.dispatch(move || read(job, part))
            };
            Ok(join_all(job.parts(self.workers).map(start))?.concat())
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
