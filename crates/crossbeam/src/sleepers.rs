//! `sleepers` with crossbeam's channels.
//!
//! - share: every thread borrows the hall
//! - start: a thread for each task, beside the pool, whose few workers are for
//!   compute
//! - wait: a thread sleeps, and the system keeps its stack and a timer
//! - join: a channel of numbers, until the last sender is gone

use crate::Crossbeam;
use crossbeam::channel;
use lanes_core::scoped::{affordable, scoped, spawn_scoped};
use lanes_core::workload::{Hall, Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Sleepers> for Crossbeam {
    const FIT: Fit = Fit::Unsuitable(
        "its parts have no timers: a thread for each, none of the pool's",
    );

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        affordable(job.tasks)?;
        let hall = &job.hall()?;
        let (number, numbers) = channel::unbounded();
        scoped(job.context(), |scope| {
            for task in job.sleepers() {
                let number = number.clone();
                spawn_scoped(scope, move || {
                    let left = caught(|| sleeper(hall, task));
                    number.send(job.context().note(left)).ok();
                    Ok(())
                })?;
            }
            drop(number);
            let sum = numbers.into_iter().sum::<Result<_, _>>()?;
            hall.answer(sum)
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
