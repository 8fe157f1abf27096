//! `phases` in rayon.
//!
//! - share: a node that every job copies; it borrows the last numbers
//! - start: a parallel iterator over the tasks of a phase, halved until a job
//!   has one
//! - wait: a worker whose other half was stolen steals other work meanwhile
//! - join: the iterator of a phase ends before that of the next starts

use crate::Rayon;
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;

impl Run<Phases> for Rayon {
    const FIT: Fit =
        Fit::Natural("a parallel iterator for each step, joined at its end");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        let node = job.node();
        self.drive(|| {
            let (mut answer, mut before) = (Vec::new(), Vec::new());
            for phase in job.phases() {
                let tasks = phase.at_once().into_par_iter().with_max_len(1);
                let compute = |task| node.compute(task, &before);
                before = tasks.map(compute).collect::<Vec<_>>();
                answer.extend(&before);
            }
            job.finish(answer)
        })
    }
}
