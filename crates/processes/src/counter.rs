//! `counter` in worker processes.
//!
//! - share: nothing; every task adds to a number of its own
//! - start: a task in the queue of the pool for each task
//! - wait: only the caller, until the results are there
//! - join: the numbers cross back and are added

use crate::{Function, Processes, Transport, Whole, function};
use lanes_core::workload::{Counter, Form};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Counter> for Processes<T> {
    const FIT: Fit =
        Fit::Unsuitable("no number is shared: only the sharded form is there");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        if job.form != Form::Sharded {
            // Memory that carries what crosses does not change that: the lock
            // knows the threads of one process only, and the object that the
            // additions are made to is of the process that has made it.
            let what = "a number that all add to lies in the memory of one \
                        process, and the others cannot reach it";
            return Err(Error::Unsupported(what.into()));
        }
        self.drive(job.context(), |tasks| {
            let futures = (0..job.tasks)
                .map(|task| tasks.submit::<Add>((task, Whole(job.clone()))))
                .collect::<Result<_, _>>()?;
            let sum = tasks.join_all(futures)?.into_iter().sum();
            job.finish(sum)
        })
    }
}

/// What the worker does.
struct Add;

function!(Add);

impl Function for Add {
    const NAME: &'static str = "counter";
    type Argument = (usize, Whole<Counter>);
    type Output = u64;

    fn call(
        (task, counter): (usize, Whole<Counter>),
        context: &Context,
    ) -> Result<u64, Error> {
        let job = counter.0.under(context);
        let total = job.total();
        job.add(task, &total)?;
        Ok(total.sum())
    }
}
