//! `phases` in OS threads that take turns.
//!
//! - share: a node that every thread copies; it borrows the last numbers
//! - start: a scoped thread for each task of a phase
//! - wait: a thread sleeps until its turn, which is one task
//! - join: the threads of a phase are joined in order before the next starts

use crate::{Lock, Mutex, affordable, join_all, spawn_scoped};
use lanes_core::workload::Phases;
use lanes_core::{Error, Fit, Job, Run};

impl Run<Phases> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("a thread for each short task, and one at a time");

    fn run(&self, job: &Job<Phases>) -> Result<Vec<u64>, Error> {
        let lock = &Lock::of(job.context());
        let node = job.node();
        let (mut answer, mut before) = (Vec::new(), Vec::new());
        for phase in job.phases() {
            affordable(phase.size())?;
            let compute =
                |task| lock.hold(task, || Ok(node.compute(task, &before)));
            before = self.drive(job.context(), |scope| {
                let start = |task| spawn_scoped(scope, move || compute(task));
                join_all(phase.map(start).collect::<Result<_, _>>()?)
            })?;
            answer.extend(&before);
        }
        job.finish(answer)
    }
}
