//! `philosophers` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the chopsticks, which are locks
//! - start: a boxed closure for each philosopher on the worker's deque, to be
//!   stolen
//! - wait: the system puts a worker to sleep until the chopstick is free
//! - join: the tasks are joined in order, the chopsticks are read last

use crate::{Crossbeam, executor};
use lanes_core::workload::{Chopstick, Philosopher, Philosophers};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

impl Run<Philosophers> for Crossbeam {
    const FIT: Fit =
        Fit::Natural("no more of them want chopsticks at a time than workers");

    fn run(&self, job: &Job<Philosophers>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| {
            let chopsticks = (0..job.chopsticks()).map(|_| Mutex::default());
            let chopsticks: Arc<[_]> = chopsticks.collect();
            let start = |one| {
                let chopsticks = Arc::clone(&chopsticks);
                executor::spawn(move || dine(one, &chopsticks))
            };
            let tasks: Vec<_> = job.table().map(start).collect();
            for task in tasks {
                task.join()?;
            }
            job.used(chopsticks.iter().map(|chopstick| *taken(chopstick)))
        })
    }
}

fn dine(
    mut one: Philosopher,
    chopsticks: &[Mutex<Chopstick>],
) -> Result<(), Error> {
    let (first, second) = one.chopsticks();
    while one.is_hungry()? {
        let (mut first, mut second) =
            (taken(&chopsticks[first]), taken(&chopsticks[second]));
        one.eat(&mut first, &mut second);
    }
    Ok(())
}

fn taken(chopstick: &Mutex<Chopstick>) -> MutexGuard<'_, Chopstick> {
    chopstick.lock().unwrap_or_else(PoisonError::into_inner)
}
