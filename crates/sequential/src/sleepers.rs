//! `sleepers` on the caller's thread.
//!
//! - share: a reference to the hall
//! - start: a call for each task, which notes that it is there
//! - wait: the one thread sleeps once, for all of them
//! - join: the numbers are added as the tasks leave

use crate::Sequential;
use lanes_core::workload::{Sleepers, Slept};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Sleepers> for Sequential {
    const FIT: Fit =
        Fit::Possible("a count in place of tasks: the floor under all others");

    fn run(&self, job: &Job<Sleepers>) -> Result<Slept, Error> {
        self.drive(|| {
            let hall = job.hall()?;
            job.sleepers().try_for_each(|task| hall.enter(task))?;
            if let Some(first) = job.sleepers().next() {
                hall.sleep(first)?;
            }
            let numbers = job.sleepers().filter_map(|task| hall.leave(task));
            hall.answer(numbers.sum())
        })
    }
}
