//! `philosophers` in async-std.
//!
//! - share: every task owns a counted handle to the chopsticks, which are locks
//!   of the library
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: a task gives its worker back until the chopstick is free
//! - join: the handles are awaited in order, the chopsticks are read last

use crate::AsyncStd;
use async_std::sync::Mutex;
use async_std::task;
use lanes_core::workload::{Chopstick, Philosopher, Philosophers};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Philosophers> for AsyncStd {
    const FIT: Fit = Fit::Natural("who waits for a chopstick costs no thread");

    fn run(&self, job: &Job<Philosophers>) -> Result<Vec<u64>, Error> {
        self.drive(job, |job| async move {
            let chopsticks = (0..job.chopsticks()).map(|_| Mutex::default());
            let chopsticks: Arc<[_]> = chopsticks.collect();
            let start = |one| task::spawn(dine(one, Arc::clone(&chopsticks)));
            let tasks: Vec<_> = job.table().map(start).collect();
            for task in tasks {
                task.await?;
            }
            let mut used = Vec::with_capacity(chopsticks.len());
            for chopstick in &*chopsticks {
                used.push(*chopstick.lock().await);
            }
            job.used(used)
        })
    }
}

async fn dine(
    mut one: Philosopher,
    chopsticks: Arc<[Mutex<Chopstick>]>,
) -> Result<(), Error> {
    let (first, second) = one.chopsticks();
    while one.is_hungry()? {
        // Held while the second is waited for, as only such a lock may be.
        let mut first = chopsticks[first].lock().await;
        let mut second = chopsticks[second].lock().await;
        one.eat(&mut first, &mut second);
    }
    Ok(())
}
