//! `cancel` in async-std.
//!
//! - share: nothing
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: a task that waits gives its worker back until a timer wakes it, one
//!   that computes gives it back after each grain
//! - join: `JoinHandle::cancel` cancels one task and waits until it is gone: a
//!   task for each, or those behind it would go on meanwhile

use crate::AsyncStd;
use async_std::task::{self, JoinHandle};
use lanes_core::workload::{Cancel, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run, caught_future};

impl Run<Cancel> for AsyncStd {
    const FIT: Fit =
        Fit::Possible("a task is cancelled where it awaits, by one that waits");

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        self.drive(job, |job| async move {
            let crowd = job.crowd(job.tasks);
            let start = |member| task::spawn(stay(member));
            let tasks: Vec<_> = crowd.members().map(start).collect();
            let under_way = crowd.under_way().await;
            crowd.stop();
            let cancels = tasks.into_iter().map(JoinHandle::cancel);
            // It rethrows the panic of its task.
            let cancels = cancels
                .map(|gone| caught_future(async move { Ok(gone.await) }));
            let cancels: Vec<_> = cancels.map(task::spawn).collect();
            for cancel in cancels {
                cancel.await.ok();
            }
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
            task::yield_now().await;
        } else {
            task::sleep(member.wait()).await;
        }
    }
}
