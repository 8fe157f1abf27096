//! `max` in tokio, computing in a rayon pool.
//!
//! - share: the computation owns a counted handle to the job, its jobs borrow
//! - start: one computation is handed to the pool, where a parallel iterator
//!   halves the grains for each worker and again where a half is stolen
//! - wait: only the task that joins, which holds no thread
//! - join: two results at a time, where the halves meet; the last one comes
//!   back through a channel

use crate::{TokioRayon, received};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Max> for TokioRayon {
    const FIT: Fit =
        Fit::Natural("one hand-over, and the pool is made for reductions");

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        self.drive(job, |job, pool| async move {
            let most = pool.compute(move || {
                job.grains()
                    .into_par_iter()
                    .map(|grain| job.max(job.grain_part(grain)))
                    .try_reduce(|| None, |most, other| Ok(most.max(other)))
            });
            received(most.await)
        })
    }
}
