//! `philosophers` on the caller's thread.
//!
//! - share: chopsticks in a list
//! - start: a loop over the philosophers, who eat one after the other
//! - wait: never, since nobody else takes a lock
//! - join: nothing to join

use crate::Sequential;
use lanes_core::workload::{Chopstick, Philosophers};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::{Mutex, PoisonError};

impl Run<Philosophers> for Sequential {
    const FIT: Fit =
        Fit::Possible("the price of two locks that nobody else wants");

    fn run(&self, job: &Job<Philosophers>) -> Result<Vec<u64>, Error> {
        self.drive(|| {
            let chopsticks =
                (0..job.chopsticks()).map(|_| Mutex::<Chopstick>::default());
            let chopsticks: Vec<_> = chopsticks.collect();
            let taken = |chopstick: usize| {
                chopsticks[chopstick]
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
            };
            for mut one in job.table() {
                let (first, second) = one.chopsticks();
                while one.is_hungry()? {
                    one.eat(&mut taken(first), &mut taken(second));
                }
            }
            job.used((0..job.chopsticks()).map(|chopstick| *taken(chopstick)))
        })
    }
}
