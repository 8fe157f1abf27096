//! `shape` in OS threads under a global lock.
//!
//! - share: every thread borrows the queue of tasks, with a lock of its own
//! - start: a scoped thread for each lane
//! - wait: a thread lets go of the global lock while it sleeps, and while it
//!   waits for the tasks' lock
//! - join: the threads are joined in order, their tallies added

use crate::{Gil, Interpreter, affordable, join_all};
use lanes_core::workload::{Queue, Shape, Shaped, Tally};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Shape> for Gil {
    const FIT: Fit =
        Fit::Possible("waits overlap, as they need no lock; compute does not");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        affordable(job.at_once())?;
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        let queue = &job.queue();
        gil.drive(|scope| {
            let threads = job
                .lanes()
                .map(|task| {
                    gil.spawn_scoped(scope, task, || lane(gil, job, queue))
                })
                .collect::<Result<_, _>>()?;
            job.answer(join_all(threads)?)
        })
    }
}

fn lane(
    gil: &Interpreter,
    job: &Job<Shape>,
    queue: &Queue,
) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    for task in job.tasks(queue) {
        // The others compute meanwhile, here and below.
        let sleep =
            |wait| gil.allow_threads(task, || job.context().sleep(task, wait));
        if let Some(wait) = job.arrives_in(queue, task) {
            sleep(wait)?;
        }
        let state = job.before(queue, task)?;
        if let Some(wait) = job.wait() {
            sleep(wait)?;
        }
        job.after(queue, task, state, &mut tally)?;
    }
    Ok(tally)
}
