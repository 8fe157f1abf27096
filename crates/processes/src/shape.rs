//! `shape` in worker processes.
//!
//! - share: nothing; every worker is sent the tasks of its lane
//! - start: a task in the queue of the pool for each lane
//! - wait: a worker sleeps, and the system runs the others
//! - join: the tallies cross back and are added

use crate::{Function, Processes, Transport, function};
use lanes_core::workload::{Shape, Shaped, Tally, Tasks};
use lanes_core::{Context, Error, Fit, Job, Run};

impl<T: Transport> Run<Shape> for Processes<T> {
    const FIT: Fit =
        Fit::Possible("a wait occupies a worker; each task crosses twice");

    fn run(&self, job: &Job<Shape>) -> Result<Shaped, Error> {
        if job.has_lock() {
            let what = "a lock that all tasks take lies in the memory of one \
                        process, and the others cannot reach it";
            return Err(Error::Unsupported(what.into()));
        }
        // Nobody can ask for the next task: who does which is settled before.
        // Lanes of several tasks must then all run at the same time.
        let lanes = match job.at_once() {
            all if all == job.count() => all,
            some => some.min(self.workers),
        };
        let queue = job.queue();
        self.drive(job.context(), |tasks| {
            let futures = job
                .lanes()
                .take(lanes)
                .map(|lane| tasks.submit::<Lane>(job.lane(&queue, lane, lanes)))
                .collect::<Result<_, _>>()?;
            job.answer(tasks.join_all(futures)?)
        })
    }
}

/// What the worker does.
struct Lane;

function!(Lane);

impl Function for Lane {
    const NAME: &'static str = "shape";
    type Argument = Tasks;
    type Output = Tally;

    fn call(tasks: Tasks, context: &Context) -> Result<Tally, Error> {
        lane(&Job::with(tasks, context))
    }
}

fn lane(job: &Job<Shape>) -> Result<Tally, Error> {
    let queue = &job.queue();
    let mut tally = Tally::default();
    for task in job.tasks(queue) {
        if let Some(wait) = job.arrives_in(queue, task) {
            job.context().sleep(task, wait)?;
        }
        let state = job.before(queue, task)?;
        if let Some(wait) = job.wait() {
            job.context().sleep(task, wait)?;
        }
        job.after(queue, task, state, &mut tally)?;
    }
    Ok(tally)
}
