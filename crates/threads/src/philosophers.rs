//! `philosophers` in OS threads.
//!
//! - share: every thread borrows the chopsticks, each of which is a lock
//! - start: a scoped thread for each philosopher
//! - wait: the system puts a thread to sleep until the chopstick is free
//! - join: the threads are joined in order, the chopsticks are read last

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Chopstick, Philosopher, Philosophers};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::{Mutex, MutexGuard, PoisonError};

impl Run<Philosophers> for Threads {
    const FIT: Fit =
        Fit::Natural("a lock of the system for threads of the system");

    fn run(&self, job: &Job<Philosophers>) -> Result<Vec<u64>, Error> {
        affordable(job.philosophers)?;
        let chopsticks = (0..job.chopsticks()).map(|_| Mutex::default());
        let chopsticks: &Vec<_> = &chopsticks.collect();
        self.drive(job.context(), |scope| {
            let threads = job
                .table()
                .map(|one| spawn_scoped(scope, move || dine(one, chopsticks)))
                .collect::<Result<_, _>>()?;
            join_all(threads)?;
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
