//! `join` in tokio, computing in a rayon pool.
//!
//! - share: each computation owns a counted handle to the job
//! - start: each of the two parts is handed to the pool, on a queue that a
//!   worker looks into when it finds no other work
//! - wait: only the task that joins, which holds no thread
//! - join: both come back through channels that are awaited one after the
//!   other, into a pair

use crate::{TokioRayon, received};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for TokioRayon {
    const FIT: Fit = Fit::Natural("two computations that a task awaits");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job, |job, pool| async move {
            let (first, second) = (job.clone(), job);
            let most = pool.compute(move || first.max(first.whole(0)));
            let twice = pool.compute(move || second.double(second.whole(1)));
            let (most, twice) = (received(most.await)?, received(twice.await)?);
            Ok((most, [twice].into_iter().collect()))
        })
    }
}
