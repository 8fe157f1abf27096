//! `sleepers` in OS threads.
//!
//! - share: every thread borrows the hall
//! - start: a scoped thread for each task
//! - wait: a thread sleeps, and the system keeps its stack and a timer
//! - join: the threads are joined in order, their numbers added

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Hall, Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Sleepers> for Threads {
    const FIT: Fit =
        Fit::Possible("a stack for each; some ten thousand, and no more");

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        affordable(job.tasks)?;
        let hall = &job.hall()?;
        self.drive(job.context(), |scope| {
            let threads = job
                .sleepers()
                .map(|task| spawn_scoped(scope, move || sleeper(hall, task)))
                .collect::<Result<_, _>>()?;
            hall.answer(join_all(threads)?.into_iter().sum())
        })
    }
}

fn sleeper(hall: &Hall, task: u32) -> Result<u64, Error> {
    hall.enter(task)?;
    loop {
        hall.sleep(task)?;
        if let Some(number) = hall.leave(task) {
            return Ok(number);
        }
    }
}
