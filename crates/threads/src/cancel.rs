//! `cancel` in OS threads.
//!
//! - share: every thread borrows a flag, with a condition variable
//! - start: a scoped thread for each task
//! - wait: a thread that waits sleeps on the condition variable, one that
//!   computes looks at the flag after each grain
//! - join: the flag is raised, all are woken, and joined in order

use crate::{Threads, affordable, join_all, spawn_scoped};
use lanes_core::workload::{Cancel, Flag, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Cancel> for Threads {
    const FIT: Fit =
        Fit::Possible("nothing stops a thread: each looks at a flag by itself");

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        affordable(job.tasks)?;
        let crowd = job.crowd(job.tasks);
        let flag = &Flag::default();
        self.drive(job.context(), |scope| {
            let threads = crowd
                .members()
                .map(|member| spawn_scoped(scope, move || stay(member, flag)))
                .collect::<Result<_, _>>();
            let threads = job.context().note(threads);
            crowd.gathered();
            crowd.stop();
            // Those that have started are waited for, whatever happened.
            flag.raise();
            join_all(threads?)?;
            crowd.answer()
        })
    }
}

fn stay(mut member: Presence, flag: &Flag) -> Result<(), Error> {
    member.begin()?;
    while !flag.is_raised() {
        match member.computes() {
            true => member.grain()?,
            false => flag.wait(),
        }
    }
    Ok(())
}
