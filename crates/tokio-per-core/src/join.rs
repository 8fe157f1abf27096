//! `join` in tokio, with a runtime for each core.
//!
//! - share: each task owns a counted handle to the job
//! - start: a task for each of the two parts, dealt to the cores in turn
//! - wait: only the task that joins, which gives its core back
//! - join: the handles are awaited one after the other, into a pair

use crate::{TokioPerCore, joined};
use lanes_core::numbers::Pieces;
use lanes_core::workload::Join;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Join> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("two cores for two parts; the shorter one then idles");

    fn run(&self, job: &Job<Join>) -> Result<(Option<u64>, Pieces), Error> {
        self.drive(job, |job, cores| async move {
            let (first, second) = (job.clone(), job);
            let most = cores.spawn(async move { first.max(first.whole(0)) });
            let twice =
                cores.spawn(async move { second.double(second.whole(1)) });
            let (most, twice) = (joined(most.await)?, joined(twice.await)?);
            Ok((most, [twice].into_iter().collect()))
        })
    }
}
