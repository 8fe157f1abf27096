//! `philosophers` in rayon.
//!
//! - share: every job borrows the chopsticks, each of which is a lock
//! - start: a parallel iterator over the philosophers, one a job
//! - wait: the system puts a worker to sleep until the chopstick is free
//! - join: the iterator ends when all jobs have, the chopsticks are read last

use crate::Rayon;
use lanes_core::workload::{Chopstick, Philosopher, Philosophers};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

impl Run<Philosophers> for Rayon {
    const FIT: Fit =
        Fit::Possible("few sit at the table at a time; a wait blocks a worker");

    fn run(&self, job: &Job<Philosophers>) -> Result<Vec<u64>, Error> {
        let chopsticks = (0..job.chopsticks()).map(|_| Mutex::default());
        let chopsticks: Vec<_> = chopsticks.collect();
        let table: Vec<_> = job.table().collect();
        self.drive(|| {
            table
                .into_par_iter()
                .with_max_len(1)
                .try_for_each(|one| dine(one, &chopsticks))?;
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
