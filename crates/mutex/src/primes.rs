//! `primes` in OS threads that take turns.
//!
//! - share: every thread borrows the number of the next grain, an atomic one
//! - start: a scoped thread for each worker, which takes grain after grain
//! - wait: a thread sleeps until its turn, which is one grain
//! - join: the threads are joined in order, the sums added

use crate::{Lock, Mutex, join_all, spawn_scoped};
use lanes_core::parts::Todo;
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Primes> for Mutex {
    const FIT: Fit = Fit::Unsuitable(
        "grains that take turns use one core, whatever there is",
    );

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        let lock = &Lock::of(job.context());
        let todo = &job.todo();
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|_| spawn_scoped(scope, || primes(lock, job, todo)))
                .collect::<Result<_, _>>()?;
            let found = join_all(threads)?.into_iter();
            Ok(found.fold(PrimeSum::default(), PrimeSum::and))
        })
    }
}

fn primes(
    lock: &Lock<'_>,
    job: &Job<Primes>,
    mut todo: &Todo,
) -> Result<PrimeSum, Error> {
    todo.try_fold(PrimeSum::default(), |found, part| {
        Ok(found.and(lock.hold(part.task, || job.primes(part))?))
    })
}
