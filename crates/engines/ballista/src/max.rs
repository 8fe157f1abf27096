//! `max` in Ballista.
//!
//! - share: nothing; each executor reads a file of its own
//! - start: a task for each file, of the stage that reads them
//! - wait: a stage waits until the one before has ended
//! - join: the second stage has one task, which fetches what the others found

use crate::{Ballista, LOCAL, NUMBER, column, numbers};
use lanes_core::workload::Max;
use lanes_core::{Error, Fit, Input, Job, Run};

impl Run<Max> for Ballista {
    const FIT: Fit =
        Fit::Possible("the plan and its stages cost more than the numbers");
    const INPUTS: &[Input] = LOCAL;

    fn run(&self, job: &Job<Max>) -> Result<Option<u64>, Error> {
        if job.is_tuned() {
            let what = "DataFusion has one kernel for the largest number";
            return Err(Error::Unsupported(what.into()));
        }
        let parts = || {
            let parts = job.parts(self.workers);
            parts.map(|part| numbers(&job.list()[part.range])).collect()
        };
        let table = (&NUMBER, size_of_val(job.list()));
        let sql = "SELECT max(number) FROM input";
        let rows = self.query(job, table, parts, sql)?;
        job.finish(column(&rows, 0)?.pop())
    }
}
