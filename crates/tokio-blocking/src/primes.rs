//! `primes` in tokio's blocking threads.
//!
//! - share: every task owns a counted handle to the job
//! - start: a blocking task for each grain, on one queue for all blocking
//!   threads, from which a thread takes the next when it is done
//! - wait: only the task that joins, which holds no thread
//! - join: the handles are awaited in order, the sums added

use crate::{TokioBlocking, joined};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};
use tokio::task;

impl Run<Primes> for TokioBlocking {
    const FIT: Fit = Fit::Possible(
        "one queue evens numbers out; its docs want computing bounded",
    );

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(job, |job| async move {
            let start = |grain| {
                let job = job.clone();
                task::spawn_blocking(move || job.primes(job.grain_part(grain)))
            };
            let tasks: Vec<_> = job.grains().map(start).collect();
            let mut found = PrimeSum::default();
            for task in tasks {
                found = found.and(joined(task.await)?);
            }
            job.finish(found)
        })
    }
}
