//! `spawn` in worker processes.
//!
//! - share: nothing; every worker is sent the number of its task
//! - start: a task in the queue of the pool for each task
//! - wait: only the caller, until the results are there
//! - join: the numbers cross back and are added

use crate::{Function, Processes, Transport, function};
use lanes_core::workload::{Spawn, Starting};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Spawn> for Processes<T> {
    const FIT: Fit =
        Fit::Unsuitable("a message there and one back for each empty task");

    fn run(&self, job: &Job<Spawn>) -> Result<u64, Error> {
        job.one_by_one()?;
        self.drive(job.context(), |tasks| {
            let start = |task| tasks.submit::<Empty>(task);
            let mut sum = 0;
            for round in job.rounds() {
                let futures = round.map(start).collect::<Result<_, _>>()?;
                sum += tasks.join_all(futures)?.into_iter().sum::<u64>();
            }
            job.finish(sum)
        })
    }
}

/// What the worker does.
struct Empty;

function!(Empty);

impl Function for Empty {
    const NAME: &'static str = "spawn";
    type Argument = usize;
    type Output = u64;

    fn call(task: usize, context: &Context) -> Result<u64, Error> {
        let job = Job::<Spawn>::with(
            Spawn { tasks: 1, form: Starting::Each },
            context,
        );
        job.finish(job.empty().task(task))
    }
}
