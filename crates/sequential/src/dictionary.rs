//! `dictionary` on the caller's thread.
//!
//! - share: a reference to the map
//! - start: a call for each task
//! - wait: never, since nobody else takes the lock
//! - join: nothing to join

use crate::Sequential;
use lanes_core::workload::{Dictionary, Looked};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Dictionary> for Sequential {
    const FIT: Fit = Fit::Natural(
        "the price of the map, and of a lock that nobody contends",
    );

    fn run(&self, job: &Job<Dictionary>) -> Result<Looked, Error> {
        self.drive(|| {
            let map = job.map();
            let mut found = 0;
            for task in 0..job.tasks() {
                found += job.look(task, &map)?;
            }
            job.looked([found], &map)
        })
    }
}
