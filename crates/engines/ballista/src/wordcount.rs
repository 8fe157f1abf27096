//! `wordcount` in Ballista.
//!
//! - share: nothing; each executor reads a file of its own, with a row for each
//!   line
//! - start: a task for each file, of the stage that cuts lines into words
//! - wait: a stage waits until the one before has ended
//! - join: each word goes to the task of the second stage that its hash names;
//!   the session fetches their tables
//!
//! Letters are those of Unicode 16, which its regular expressions know.

use crate::words::{LINE, SQL, counts, lines};
use crate::{Ballista, LOCAL};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Input, Job, Run};

impl Run<Wordcount> for Ballista {
    const FIT: Fit = Fit::Natural(
        "a GROUP BY: each word has one task, so that no two tables have it",
    );
    const INPUTS: &[Input] = LOCAL;

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let parts = || {
            let parts = job.parts(self.workers);
            parts.map(|part| lines(job.of(part.range))).collect()
        };
        let table = (&LINE, job.text().len());
        job.finish(counts(&self.query(job, table, parts, SQL)?)?)
    }
}
