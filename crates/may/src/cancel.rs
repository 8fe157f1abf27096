//! `cancel` in may.
//!
//! - share: nothing
//! - start: a coroutine for each, on the queues of the workers in turn
//! - wait: a coroutine gives its worker back until it is woken; one that only
//!   yields goes on before those that have not begun
//! - join: each handle cancels its coroutine: a panic, where it waits, unwinds
//!   its stack; then they are joined in order

use crate::{May, cancel, join, spawn};
use futures_lite::future;
use lanes_core::workload::{Cancel, Doing, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run, caught};
use may::coroutine;

impl Run<Cancel> for May {
    const FIT: Fit =
        Fit::Possible("any ends where it waits, by a panic: it is unsafe");

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        if job.form == Doing::Computing {
            // They lie on the worker's own queue, and it looks at that of all
            // workers once its own is empty.
            let why = "tasks that compute and yield keep others from beginning";
            return Err(Error::Unsupported(why.into()));
        }
        self.drive(job, |job| {
            let crowd = job.crowd(job.tasks);
            let start = |mut member: Presence| {
                spawn(move || {
                    // Caught before the member leaves: it takes whatever
                    // unwinds through it for a fault.
                    drop(caught(|| stay(&mut member)));
                    Ok(())
                })
            };
            let tasks: Vec<_> = crowd.members().map(start).collect();
            let under_way = future::block_on(crowd.under_way());
            crowd.stop();
            let begun = tasks.iter().flatten();
            begun.for_each(|task| cancel(task.coroutine()));
            for task in tasks {
                join(task)?;
            }
            under_way?;
            crowd.answer()
        })
    }
}

fn stay(member: &mut Presence) -> Result<(), Error> {
    member.begin()?;
    loop {
        coroutine::sleep(member.wait());
    }
}
