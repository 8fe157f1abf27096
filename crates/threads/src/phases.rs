//! `phases` in OS threads.
//!
//! - share: a node that every thread copies; it borrows the last numbers
//! - start: a scoped thread for each task of a phase
//! - wait: only the caller, until the threads of the phase have ended
//! - join: the threads of a phase are joined in order before the next starts

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Phases> for Threads {
    const FIT: Fit =
        Fit::Unsuitable("a thread starts and ends for each short task");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        let node = job.node();
        let (mut answer, mut before) = (Vec::new(), Vec::new());
        for phase in job.phases() {
            affordable(phase.size())?;
            let compute = |task| Ok(node.compute(task, &before));
            before = self.drive(job.context(), |scope| {
                let start = |task| spawn_scoped(scope, move || compute(task));
                join_all(phase.map(start).collect::<Result<_, _>>()?)
            })?;
            answer.extend(&before);
        }
        job.finish(answer)
    }
}
