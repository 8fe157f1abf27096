//! `phases` on the caller's thread.
//!
//! - share: a node that is copied; the numbers of the last phase
//! - start: a call for each task
//! - wait: never
//! - join: the numbers of a phase are there when the next one begins

use crate::Sequential;
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Phases> for Sequential {
    const FIT: Fit =
        Fit::Natural("a task is a call, and what it needs is there");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        self.drive(|| {
            let node = job.node();
            let (mut answer, mut before) = (Vec::new(), Vec::new());
            for phase in job.phases() {
                let tasks = phase.at_once();
                let compute = |task| node.compute(task, &before);
                before = tasks.map(compute).collect::<Vec<_>>();
                answer.extend(&before);
            }
            job.finish(answer)
        })
    }
}
