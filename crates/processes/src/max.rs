//! `max` in worker processes.
//!
//! - share: nothing; every worker is sent the numbers of its part
//! - start: a task in the queue of the pool for each part
//! - wait: only the caller, until the results are there
//! - join: the results cross back and are folded in order

use crate::{Function, Processes, Slice, Transport, function};
use lanes_core::workload::Max;
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Max> for Processes<T> {
    const FIT: Fit =
        Fit::Unsuitable("moving a number costs more than comparing it");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        self.drive(job.context(), |tasks| {
            let futures = job
                .parts(self.workers)
                .map(|part| tasks.submit::<Largest>(Slice::of(job, part)))
                .collect::<Result<_, _>>()?;
            let largest = tasks.join_all(futures)?.into_iter().max().flatten();
            job.finish(largest)
        })
    }
}

/// What the worker does.
pub(crate) struct Largest;

function!(Largest);

impl Function for Largest {
    const NAME: &'static str = "max";
    type Argument = Slice;
    type Output = Option<u64>;

    fn call(slice: Slice, context: &Context) -> Result<Option<u64>, Error> {
        let (job, part) = slice.job::<Max>(context);
        job.max(part)
    }
}
