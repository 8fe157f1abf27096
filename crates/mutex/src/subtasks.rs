//! `subtasks` in OS threads that take turns.
//!
//! - share: every thread borrows the plan
//! - start: a scoped thread for each subtask
//! - wait: a thread waits for its answer, and all others for that thread
//! - join: the threads are joined in order

use crate::{Lock, Mutex, join_all, spawn_scoped};
use lanes_core::request::Connection;
use lanes_core::workload::Subtasks;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Subtasks> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("a lock held through a wait stops all that could work");

    fn run(&self, job: &Job<Subtasks>) -> Result<Vec<u64>, Error> {
        let lock = &Lock::of(job.context());
        self.drive(job.context(), |scope| {
            let threads = job
                .tasks()
                .map(|task| {
                    spawn_scoped(scope, move || subtask(lock, job, task))
                })
                .collect::<Result<_, _>>()?;
            join_all(threads)
        })
    }
}

fn subtask(
    lock: &Lock<'_>,
    job: &Job<Subtasks>,
    task: usize,
) -> Result<u64, Error> {
    let state = lock.hold(task, || job.before(task))?;
    let reply = match job.request(task) {
        Some(request) => {
            let mut connection = Connection::default();
            // Nobody computes until the answer is there.
            lock.hold(task, || {
                connection.exchange(&request, job.context(), task)
            })?
        }
        // Nothing is left to do, and no turn to wait for.
        None => return job.after(task, state, &[]),
    };
    lock.hold(task, || job.after(task, state, &reply))
}
