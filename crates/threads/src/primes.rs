//! `primes` in OS threads.
//!
//! - share: every thread borrows the number of the next grain, an atomic one
//! - start: a scoped thread for each worker, which takes grain after grain
//! - wait: only the caller, until no grain is left and the threads have ended
//! - join: the threads are joined in order, the sums added

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::parts::Todo;
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Primes> for Threads {
    const FIT: Fit =
        Fit::Natural("a thread that had cheap numbers takes more of them");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        let todo = &job.todo();
        self.drive(job.context(), |scope| {
            let threads = job
                .parts(self.workers)
                .map(|_| spawn_scoped(scope, || primes(job, todo)))
                .collect::<Result<_, _>>()?;
            let found = join_all(threads)?.into_iter();
            Ok(found.fold(PrimeSum::default(), PrimeSum::and))
        })
    }
}

fn primes(job: &Job<Primes>, mut todo: &Todo) -> Result<PrimeSum, Error> {
    todo.try_fold(PrimeSum::default(), |found, part| {
        Ok(found.and(job.primes(part)?))
    })
}
