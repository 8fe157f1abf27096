//! `primes` in a pool of crossbeam's parts.
//!
//! - share: every task owns a counted handle to the job
//! - start: a boxed closure for each grain on the worker's deque, to be stolen
//! - wait: only the worker that joins, which runs other tasks meanwhile
//! - join: the tasks are joined in order, the sums added

use crate::{Crossbeam, executor};
use lanes_core::workload::{PrimeSum, Primes};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Primes> for Crossbeam {
    const FIT: Fit = Fit::Natural(
        "a worker that had cheap numbers steals others from a deque",
    );

    fn run(&self, job: &Job<Primes>) -> Result<PrimeSum, Error> {
        self.drive(job, |job| {
            let start = |grain| {
                let job = job.clone();
                executor::spawn(move || job.primes(job.grain_part(grain)))
            };
            let tasks: Vec<_> = job.grains().map(start).collect();
            let mut found = PrimeSum::default();
            for task in tasks {
                found = found.and(task.join()?);
            }
            job.finish(found)
        })
    }
}
