//! `sort` in Ballista.
//!
//! - share: nothing; each executor reads a file of its own
//! - start: a task for each file, of the stage that sorts them: batches of 8192
//!   numbers, which it merges
//! - wait: a stage waits until the one before has ended
//! - join: the second stage has one task, which fetches all files and merges
//!   them; the session fetches what it has written
//!
//! Both forms are its own sort, whose leaves are batches, whatever the cut-off.

use crate::{Ballista, LOCAL, NUMBER, column, numbers};
use lanes_core::workload::{Sort, Sorted};
use lanes_core::{Error, Fit, Input, Job, Run};

impl Run<Sort> for Ballista {
    const FIT: Fit =
        Fit::Unsuitable("each number is written to disk twice, and read again");
    const INPUTS: &[Input] = LOCAL;

    fn run(&self, job: &Job<Sort>) -> Result<Sorted, Error> {
        let parts = || {
            let parts = job.parts(self.workers);
            parts.map(|part| numbers(&job.list()[part.range])).collect()
        };
        let table = (&NUMBER, size_of_val(job.list()));
        let sql = "SELECT number FROM input ORDER BY number";
        let rows = self.query(job, table, parts, sql)?;
        job.finish(column(&rows, 0)?.into())
    }
}
