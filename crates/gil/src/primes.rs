//! `primes` in OS threads under a global lock.
//!
//! - share: every thread borrows the number of the next grain, an atomic one
//! - start: a scoped thread for each worker, which takes grain after grain
//! - wait: a thread sleeps until it has the lock, and passes it on when asked
//! - join: the threads are joined in order, the sums added

use crate::{Gil, join_all};
use lanes_core::parts::Todo;
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Primes> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("compute under one lock: many threads, one core");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        let todo = &job.todo();
        gil.drive(|scope| {
            let threads = job
                .parts(self.workers)
                .map(|part| {
                    gil.spawn_scoped(scope, part.task, || primes(job, todo))
                })
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
