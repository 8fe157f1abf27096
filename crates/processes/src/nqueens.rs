//! `nqueens` in worker processes.
//!
//! - share: nothing; every worker is sent the board that it searches from
//! - start: a task in the queue of the pool for each board at the cut-off
//! - wait: only the caller, until the results are there
//! - join: what was found crosses back and is added

use crate::{Function, Processes, Transport, Whole, function};
use lanes_core::workload::{Nqueens, Place};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Nqueens> for Processes<T> {
    const FIT: Fit =
        Fit::Possible("little crosses, but once for each of many subtrees");

    fn run(&self, job: &Job<Nqueens>) -> Result<u64, Error> {
        self.drive(job.context(), |tasks| {
            let start =
                |place| tasks.submit::<Subtree>((place, Whole(job.clone())));
            let places = job.places().into_iter();
            let futures = places.map(start).collect::<Result<_, _>>()?;
            let found = tasks.join_all(futures)?.into_iter().sum();
            job.finish(found)
        })
    }
}

/// What the worker does.
struct Subtree;

function!(Subtree);

impl Function for Subtree {
    const NAME: &'static str = "nqueens";
    type Argument = (Place, Whole<Nqueens>);
    type Output = u64;

    fn call(
        (place, size): (Place, Whole<Nqueens>),
        context: &Context,
    ) -> Result<u64, Error> {
        let job = size.0.under(context);
        job.finish(job.board(place).count())
    }
}
