//! `read` in OS threads under a global lock.
//!
//! - share: every thread borrows the list of files
//! - start: a scoped thread for each part
//! - wait: a thread lets go of the lock until its file is read
//! - join: the threads are joined in order, their numbers concatenated

use crate::{Gil, Interpreter, join_all};
use lanes_core::parts::Part;
use lanes_core::workload::Read;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Read> for Gil {
    const FIT: Fit =
        Fit::Possible("files are read at the same time, and parsed in turns");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        gil.drive(|scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| {
                    gil.spawn_scoped(scope, part.task, || read(gil, job, part))
                })
                .collect::<Result<_, _>>()?;
            Ok(join_all(threads)?.concat())
        })
    }
}

fn read(
    gil: &Interpreter,
    job: &Job<Read>,
    part: Part,
) -> Result<Vec<u64>, Error> {
    let task = part.task;
    let mut largest = Vec::with_capacity(part.range.len());
    for file in part.range {
        // Others parse until the file is there.
        let text = gil.allow_threads(task, || job.load(task, file))?;
        largest.push(job.largest(task, file, &text)?);
    }
    Ok(largest)
}
