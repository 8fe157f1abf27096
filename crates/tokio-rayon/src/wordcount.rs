//! `wordcount` in tokio, computing in a rayon pool.
//!
//! - share: the computation owns a counted handle to the job, its jobs borrow;
//!   a run of grains has a table
//! - start: one computation is handed to the pool, where a parallel iterator
//!   halves the grains for each worker and again where a half is stolen; a fold
//!   begins a table for each piece that is not halved any more
//! - wait: only the task that joins, which holds no thread
//! - join: two tables at a time, where the halves meet; the last one comes back
//!   through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Wordcount> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and the pool is made for reductions");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        self.drive(job, |job, pool| async move {
            let counts = pool.compute(move || {
                job.grains()
                    .into_par_iter()
                    .try_fold(Counts::default, |counts, grain| {
                        job.count(job.grain_part(grain), counts)
                    })
                    .try_reduce(
                        Counts::default,
                        |one, other| Ok(one.and(other)),
                    )
            });
            received(counts.await)
        })
    }
}
