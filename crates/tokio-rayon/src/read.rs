//! `read` in tokio, computing in a rayon pool.
//!
//! - share: every task owns a counted handle to the job and to the pool
//! - start: a task for each part; each file is read on a blocking thread, and
//!   its text is handed to the pool
//! - wait: a task holds no thread until the file, or its number, is there
//! - join: the handles are awaited in order, their numbers concatenated

use crate::{Pool, TokioRayon, joined, received};
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};
use tokio::fs;

impl Run<Read> for TokioRayon {
    const FIT: Fit =
        Fit::Possible("four changes of thread for each file that never waits");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        let workers = self.workers;
        self.drive(job, move |job, pool| async move {
            let start =
                |part| tokio::spawn(read(job.clone(), pool.clone(), part));
            let tasks: Vec<_> = job.parts(workers).map(start).collect();
            let mut largest = Vec::new();
            for task in tasks {
                largest.extend(joined(task.await)?);
            }
            Ok(largest)
        })
    }
}

async fn read(
    job: Job<Read>,
    pool: Pool,
    part: Part,
) -> Result<Vec<u64>, Error> {
    let task = part.task;
    let mut largest = Vec::with_capacity(part.range.len());
    for file in part.range {
        let load = async { Ok(fs::read(job.path(file)).await?) };
        let text = job.context().wait(task, load).await?;
        let own = job.clone();
        let most = pool.compute(move || own.largest(task, file, &text));
        largest.push(received(most.await)?);
    }
    Ok(largest)
}
