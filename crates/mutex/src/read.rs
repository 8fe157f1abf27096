//! `read` in OS threads that take turns.
//!
//! - share: every thread borrows the list of files
//! - start: a scoped thread for each part
//! - wait: a thread waits for its file, and all others for that thread
//! - join: the threads are joined in order, their numbers concatenated

use crate::{Lock, Mutex, join_all, spawn_scoped};
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Read> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("while one waits for its file nobody parses another");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| spawn_scoped(scope, || read(lock, job, part)))
                .collect::<Result<_, _>>()?;
            Ok(join_all(threads)?.concat())
        })
    }
}

fn read(
    lock: &Lock<'_>,
    job: &Job<Read>,
    part: Part,
) -> Result<Vec<u64>, Error> {
    let task = part.task;
    let mut largest = Vec::with_capacity(part.range.len());
    for file in part.range {
        let most = lock.hold(task, || {
            let text = job.load(task, file)?;
            job.largest(task, file, &text)
        });
        largest.push(most?);
    }
    Ok(largest)
}
