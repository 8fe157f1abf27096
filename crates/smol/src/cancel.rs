//! `cancel` in smol.
//!
//! - share: nothing
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: a task that waits gives its worker back until a timer wakes it, one
//!   that computes gives it back after each grain
//! - join: a handle that is dropped cancels its task, which a worker then
//!   drops; the last one that is gone is waited for

use crate::Smol;
use lanes_core::workload::{Cancel, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run};
use smol::{Timer, future};

impl Run<Cancel> for Smol {
    const FIT: Fit = Fit::Natural(
        "dropping the handle of a task cancels it where it awaits",
    );

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        self.drive(job, |job, executor| async move {
            let crowd = job.crowd(job.tasks);
            let start = |member| executor.spawn(stay(member));
            let tasks: Vec<_> = crowd.members().map(start).collect();
            let under_way = crowd.under_way().await;
            crowd.stop();
            drop(tasks);
            crowd.emptied().await;
            under_way?;
            crowd.answer()
        })
    }
}

async fn stay(mut member: Presence) -> Result<(), Error> {
    member.begin()?;
    loop {
        if member.computes() {
            member.grain()?;
            future::yield_now().await;
        } else {
            Timer::after(member.wait()).await;
        }
    }
}
