//! `primes` in smol.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each grain on the one global queue, from which workers
//!   take batches
//! - wait: only the task that joins, which gives its worker back
//! - join: the handles are awaited in order, the sums added

use crate::Smol;
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Primes> for Smol {
    const FIT: Fit = Fit::Possible(
        "grains spread in batches; compute blocks a worker meanwhile",
    );

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(job, |job, executor| async move {
            let start = |grain| {
                let job = job.clone();
                executor.spawn(async move { job.primes(job.grain_part(grain)) })
            };
            let tasks: Vec<_> = job.grains().map(start).collect();
            let mut found = PrimeSum::default();
            for task in tasks {
                found = found.and(task.await?);
            }
            job.finish(found)
        })
    }
}
