//! `phases` in OS threads under a global lock.
//!
//! - share: a node that every thread copies; it borrows the last numbers
//! - start: a scoped thread for each task of a phase
//! - wait: a thread sleeps until it has the lock, and keeps it for its task
//! - join: the threads of a phase are joined in order before the next starts

use crate::{Gil, affordable, join_all};
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Phases> for Gil {
    const FIT: Fit =
        Fit::Unsuitable("a thread for each short task, and one at a time");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        let gil = &self.interpreter(job.context());
        let node = job.node();
        let (mut answer, mut before) = (Vec::new(), Vec::new());
        for phase in job.phases() {
            affordable(phase.size())?;
            let compute = |task| {
                // Where a call begins.
                gil.checkpoint(task);
                Ok(node.compute(task, &before))
            };
            before = gil.drive(|scope| {
                let start =
                    |task| gil.spawn_scoped(scope, task, move || compute(task));
                join_all(phase.map(start).collect::<Result<_, _>>()?)
            })?;
            answer.extend(&before);
        }
        job.finish(answer)
    }
}
