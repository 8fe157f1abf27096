//! `wordcount` in rayon.
//!
//! - share: every job borrows the text, and a run of grains has a table
//! - start: a parallel iterator over the grains, halved for each worker and
//!   again where a half is stolen; a fold begins a table for each piece that is
//!   not halved any more
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: two tables at a time, where the halves meet

use crate::Rayon;
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Wordcount> for Rayon {
    const FIT: Fit =
        Fit::Natural("a fold and a reduction, as few tables as there can be");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        self.drive(|| {
            job.grains()
                .into_par_iter()
                .try_fold(Counts::default, |counts, grain| {
                    job.count(job.grain_part(grain), counts)
                })
                .try_reduce(Counts::default, |one, other| Ok(one.and(other)))
        })
    }
}
