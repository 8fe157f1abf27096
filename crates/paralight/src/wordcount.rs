//! `wordcount` in paralight.
//!
//! - share: every worker borrows the text, and has a table
//! - start: a parallel loop over the grains, an equal range of them for each
//!   worker; one that has none left takes half of the longest range
//! - wait: the caller sleeps until the last worker is done; a worker that finds
//!   no range to take sleeps until the next loop
//! - join: the caller puts the tables of all workers into one

use crate::{Paralight, task};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};
use paralight::prelude::*;

impl Run<Wordcount> for Paralight {
    const FIT: Fit = Fit::Natural("a fold in each worker, with one table each");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        self.drive(|pool| {
            job.grains()
                .into_par_iter()
                .with_thread_pool(pool)
                .try_fold_per_thread(
                    Counts::default,
                    |counts, grain| {
                        task(job, || job.count(job.grain_part(grain), counts))
                    },
                    |_| Counts::default(),
                    |one, other| Ok(one.and(other?)),
                )
        })
    }
}
