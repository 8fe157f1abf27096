//! `read` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each part, dealt to the cores in turn; each file is read
//!   on the blocking thread of its core's runtime
//! - wait: a task gives its core back until the file is there
//! - join: the handles are awaited in order, their numbers concatenated

use crate::{TokioPerCore, joined};
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};
use tokio::fs;

impl Run<Read> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("two changes of thread for each file that never waits");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        let workers = self.threads.len();
        self.drive(job, move |job, cores| async move {
            let start = |part| cores.spawn(read(job.clone(), part));
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut largest = Vec::new();
            for task in tasks {
                largest.extend(joined(task.await)?);
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
