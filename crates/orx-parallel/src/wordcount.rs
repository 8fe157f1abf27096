//! `wordcount` in orx-parallel.
//!
//! - share: every thread borrows the text, and one iterator over its grains
//! - start: the same closure goes to each thread of the pool, and pulls one
//!   grain after the other
//! - wait: the caller sleeps until the last closure has ended; a thread without
//!   one sleeps
//! - join: each closure has a table; the caller puts all of them into one

use crate::pool::with_pool;
use crate::{OrxParallel, task};
use lanes_core::workload::{Counts, Wordcount};
use lanes_core::{Error, Fit, Job, Run};
use orx_parallel::*;
use std::mem;

impl Run<Wordcount> for OrxParallel {
    const FIT: Fit = Fit::Natural("a fold in each thread, with one table each");

    fn run(&self, job: &Job<Wordcount>) -> Result<Counts, Error> {
        let counted = |table: &mut Table, grain| {
            let counts = mem::replace(table, Ok(Counts::default()))?;
            task(job, || job.count(job.grain_part(grain), counts))
        };
        let tables = with_pool!(self, |pool| {
            let tables = job
                .grains()
                .into_par()
                .runner(Runner::adaptive_with_pool(pool))
                .chunk_size(1)
                .fold(
                    || Ok(Counts::default()),
                    |table, grain| *table = counted(table, grain),
                );
            tables.into_iter().collect::<Result<Vec<_>, _>>()
        })?;
        Ok(tables.into_iter().fold(Counts::default(), Counts::and))
    }
}

type Table = Result<Counts, Error>;
