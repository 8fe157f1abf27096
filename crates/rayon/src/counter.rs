//! `counter` in rayon.
//!
//! - share: every job borrows the total
//! - start: a parallel iterator over the tasks, one a job
//! - wait: in the form with a lock, the system puts a worker to sleep
//! - join: the iterator ends when all jobs have, the total is read last

use crate::Rayon;
use lanes_core::workload::Counter;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Counter> for Rayon {
    const FIT: Fit =
        Fit::Possible("rayon would rather sum up than share one number");

    fn run(&self, job: &Job<Counter>) -> Result<u64, Error> {
        let total = job.total();
        self.drive(|| {
            (0..job.tasks)
                .into_par_iter()
                .with_max_len(1)
                .try_for_each(|task| job.add(task, &total))?;
            Ok(total.sum())
        })
    }
}
