//! `subtasks` in worker processes.
//!
//! - share: nothing; every worker is sent the plan
//! - start: a task in the queue of the pool for each subtask
//! - wait: a worker waits for its answer, and the system runs the others
//! - join: the results cross back, in order

use crate::{Function, Processes, Transport, Whole, function};
use lanes_core::request::Connection;
use lanes_core::workload::Subtasks;
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Subtasks> for Processes<T> {
    const FIT: Fit =
        Fit::Possible("a wait occupies one of few workers; little crosses");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        self.drive(job.context(), |tasks| {
            let futures = job
                .tasks()
                .map(|task| tasks.submit::<One>((task, Whole(job.clone()))))
                .collect::<Result<_, _>>()?;
            let results = tasks.join_all(futures)?;
            job.finish(results)
        })
    }
}

/// What the worker does.
struct One;

function!(One);

impl Function for One {
    const NAME: &'static str = "subtasks";
    type Argument = (usize, Whole<Subtasks>);
    type Output = u64;

    fn call(
        (task, plan): (usize, Whole<Subtasks>),
        context: &Context,
    ) -> Result<u64, Error> {
        subtask(&plan.0.under(context), task)
    }
}

fn subtask(job: &Job<Subtasks>, task: usize) -> Result<u64, Error> {
    let state = job.before(task)?;
    let reply = match job.request(task) {
        Some(request) => {
            let mut connection = Connection::default();
            connection.exchange(&request, job.context(), task)?
        }
        None => Vec::new(),
    };
    job.after(task, state, &reply)
}
