//! `read` in worker processes.
//!
//! - share: nothing; every worker is sent the paths of its part
//! - start: a task in the queue of the pool for each part
//! - wait: a worker waits for its file, and the system runs the others
//! - join: the numbers cross back and are concatenated in order

use crate::{Function, Processes, Transport, function};
use lanes_core::workload::Read;
use lanes_core::{Context, Error, Fit, Job, Run, Workload};
use std::path::PathBuf;

impl<T: Transport> Run<Read> for Processes<T> {
    const FIT: Fit =
        Fit::Natural("a path crosses, and the file is read where it is parsed");

    fn run(&self, job: &Job<Read>) -> Result<Vec<u64>, Error> {
        self.drive(job.context(), |tasks| {
            let futures = job
                .parts(self.workers)
                .map(|part| {
                    let paths = part.range.map(|file| job.path(file).into());
                    tasks.submit::<Largest>((part.task, paths.collect()))
                })
                .collect::<Result<_, _>>()?;
            let results = tasks.join_all(futures)?.concat();
            job.finish(results)
        })
    }
}

type Files = <Read as Workload>::Input;

/// What the worker does: the number of its task, and its files.
struct Largest;

function!(Largest);

impl Function for Largest {
    const NAME: &'static str = "read";
    type Argument = (usize, Vec<PathBuf>);
    type Output = Vec<u64>;

    fn call(
        (task, paths): (usize, Vec<PathBuf>),
        context: &Context,
    ) -> Result<Vec<u64>, Error> {
        let files = 0..paths.len();
        let paths = Files::part(paths);
        let job = Job::<Read>::with(paths, context);
        let read = |file| job.largest(task, file, &job.load(task, file)?);
        files.map(read).collect()
    }
}
