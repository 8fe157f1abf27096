//! `max` with crossfire's channels.
//!
//! - share: every thread borrows the list, since no thread outlives the scope
//! - start: a scoped thread for each part
//! - wait: only the caller, which spins and yields, then sleeps, until there is
//!   a result
//! - join: a channel of results, until the last sender is gone

use crate::{Crossfire, spawn_scoped};
use crossfire::mpsc;
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Job, Run, caught};
use std::iter;

impl Run<Max> for Crossfire {
    const FIT: Fit = Fit::Possible(
        "a thread for each part, started anew; the channel has a word of each",
    );

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        let (result, results) = mpsc::unbounded_blocking();
        self.drive(job.context(), |scope| {
            for part in job.parts(self.workers) {
                let result = result.clone();
                spawn_scoped(scope, move || {
                    let found = caught(|| job.max(part));
                    result.send(job.context().note(found)).ok();
                    Ok(())
                })?;
            }
            drop(result);
            let found = iter::from_fn(|| results.recv().ok());
            let found = found.collect::<Result<Vec<_>, Error>>()?;
            Ok(found.into_iter().max().flatten())
        })
    }
}
