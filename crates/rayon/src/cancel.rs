//! `cancel` in rayon.
//!
//! - share: every job borrows a flag, with a condition variable
//! - start: `Scope::spawn` puts a boxed closure into the queue of the whole
//!   pool
//! - wait: a worker that waits sleeps on the condition variable, one that
//!   computes looks at the flag after each grain; those in the queue have not
//!   begun
//! - join: the flag is raised, and the scope ends when all jobs have

use crate::Rayon;
use lanes_core::workload::{Cancel, Flag, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Cancel> for Rayon {
    const FIT: Fit = Fit::Unsuitable(
        "no job can be taken back: each still runs, and looks at a flag",
    );

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        if rayon::current_thread_index().is_some() {
            // It would wait for jobs that only it can run.
            let why = "a run inside a job of the pool";
            return Err(Error::Unsupported(why.into()));
        }
        let pool = self.pool.as_ref().expect("there until it is dropped");
        let crowd = job.crowd(self.workers);
        let flag = &Flag::default();
        caught(|| {
            pool.in_place_scope(|scope| {
                for member in crowd.members() {
                    // A failure is known to the run.
                    scope.spawn(move |_| drop(stay(member, flag)));
                }
                crowd.gathered();
                crowd.stop();
                flag.raise();
            });
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
