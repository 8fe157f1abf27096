//! `phases` in paralight.
//!
//! - share: a node that every worker copies; it borrows the last numbers
//! - start: a parallel loop over the tasks of a phase, an equal range of them
//!   for each worker; one that has none left takes half of the longest range
//! - wait: the caller sleeps until the last worker is done; a worker that finds
//!   no range to take sleeps until the next phase
//! - join: each number is written to its place in a list of all; the loop of a
//!   phase ends before that of the next starts

use crate::{Paralight, task};
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};
use paralight::prelude::*;

impl Run<Phases> for Paralight {
    const FIT: Fit = Fit::Natural("a parallel loop for each step");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        let node = job.node();
        self.drive(|pool| {
            let (mut answer, mut before) = (Vec::new(), Vec::new());
            for phase in job.phases() {
                before = phase
                    .at_once()
                    .into_par_iter()
                    .map(|number| {
                        task(job, || Ok(node.compute(number, &before)))
                    })
                    .with_thread_pool(&mut *pool)
                    .try_collect::<_, Error, Vec<_>>()?;
                answer.extend(&before);
            }
            job.finish(answer)
        })
    }
}
