//! `double` in worker processes.
//!
//! - share: nothing; every worker is sent the numbers of its part
//! - start: a task in the queue of the pool for each part
//! - wait: only the caller, until the results are there
//! - join: the pieces cross back, in order

use crate::{Function, List, Processes, Slice, Transport, function};
use lanes_core::numbers::{Piece, Pieces};
use lanes_core::workload::Double;
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Double> for Processes<T> {
    const FIT: Fit =
        Fit::Unsuitable("moving a number twice costs more than doubling it");

    fn run(&self, job: &Job<Double>) -> Result<Pieces, Error> {
        self.drive(job.context(), |tasks| {
            let futures = job
                .parts(self.workers)
                .map(|part| tasks.submit::<Twice>(Slice::of(job, part)))
                .collect::<Result<_, _>>()?;
            let twice = tasks.join_all(futures)?.into_iter();
            job.finish(twice.map(|list| Piece::from(list.into_vec())).collect())
        })
    }
}

/// What the worker does.
pub(crate) struct Twice;

function!(Twice);

impl Function for Twice {
    const NAME: &'static str = "double";
    type Argument = Slice;
    type Output = List;

    fn call(slice: Slice, context: &Context) -> Result<List, Error> {
        let (job, part) = slice.job::<Double>(context);
        Ok(List::of(job.double(part)?))
    }
}
