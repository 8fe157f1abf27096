//! `phases` in orx-parallel.
//!
//! - share: a node that every thread copies; it borrows the last numbers
//! - start: the same closure goes to each thread of the pool, and pulls one
//!   task of the phase after the other
//! - wait: the caller sleeps until the last closure has ended; a thread without
//!   one sleeps
//! - join: each closure keeps its own numbers, with their places; the caller
//!   merges them in order, before the iterator of the next phase starts

use crate::pool::with_pool;
use crate::{OrxParallel, task};
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};
use orx_parallel::*;

impl Run<Phases> for OrxParallel {
    const FIT: Fit = Fit::Natural("a parallel iterator for each step");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        let node = job.node();
        with_pool!(self, |pool| {
            let (mut answer, mut before) = (Vec::new(), Vec::new());
            for phase in job.phases() {
                before = phase
                    .at_once()
                    .into_par()
                    .runner(Runner::adaptive_with_pool(pool))
                    .chunk_size(1)
                    .map(|number| {
                        task(job, || Ok(node.compute(number, &before)))
                    })
                    .into_fallible()
                    .collect::<Vec<_>>()?;
                answer.extend(&before);
            }
            job.finish(answer)
        })
    }
}
