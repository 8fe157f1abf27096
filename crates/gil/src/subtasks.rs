//! `subtasks` in OS threads under a global lock.
//!
//! - share: every thread borrows the plan
//! - start: a scoped thread for each subtask
//! - wait: a thread lets go of the lock until its answer is there
//! - join: the threads are joined in order

use crate::{Gil, Interpreter, join_all};
use lanes_core::request::Connection;
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for Gil {
    const FIT: Fit =
        Fit::Possible("waits overlap, as they need no lock; compute does not");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        gil.drive(|scope| {
            let subtask = |task| subtask(gil, job, task);
            let threads = job
                .tasks()
                .map(|task| {
                    gil.spawn_scoped(scope, task, move || subtask(task))
                })
                .collect::<Result<_, _>>()?;
            join_all(threads)
        })
    }
}

fn subtask(
    gil: &Interpreter,
    job: &Job<Subtasks>,
    task: usize,
) -> Result<u64, Error> {
    let state = job.before(task)?;
    let reply = match job.request(task) {
        Some(request) => {
            let mut connection = Connection::default();
            // The others compute until the answer is there.
            gil.allow_threads(task, || {
                connection.exchange(&request, job.context(), task)
            })?
        }
        None => Vec::new(),
    };
    job.after(task, state, &reply)
}
