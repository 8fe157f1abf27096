//! `primes` in tokio, with a runtime for each core.
//!
//! - share: every task owns a counted handle to the job
//! - start: a task for each grain, dealt to the cores in turn, where it stays
//!   whatever its numbers cost
//! - wait: only the task that joins, which gives its core back
//! - join: the handles are awaited in order, the sums added

use crate::{TokioPerCore, joined};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Primes> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("neighbours cost alike, so that dealing in turn is fair");

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(job, |job, cores| async move {
            let start = |grain| {
                let job = job.clone();
                cores.spawn(async move { job.primes(job.grain_part(grain)) })
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
