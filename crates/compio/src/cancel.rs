//! `cancel` in compio.
//!
//! - share: nothing
//! - start: a task for each worker, on one queue; the thread that takes it
//!   starts its part of the members on its own runtime
//! - wait: a task that waits gives its worker back until a timer wakes it, one
//!   that computes gives it back after each grain
//! - join: a channel tells each thread, which drops the handles of its tasks;
//!   that cancels them, and the last one that is gone is waited for

use crate::{Compio, join_all};
use compio::{runtime, time};
use futures_channel::oneshot::{self, Receiver};
use futures_lite::future;
use lanes_core::workload::{Cancel, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Cancel> for Compio {
    const FIT: Fit = Fit::Possible(
        "what is dispatched has no handle: each thread cancels its own tasks",
    );

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        self.drive(job, |job| {
            let crowd = job.crowd(job.tasks);
            let members: Vec<_> = crowd.members().collect();
            let part = members.len().div_ceil(self.workers).max(1);
            let mut members = members.into_iter().peekable();
            let (mut running, mut tasks) = (Vec::new(), Vec::new());
            while members.peek().is_some() {
                let part = members.by_ref().take(part).collect();
                let (told, stopped) = oneshot::channel();
                tasks.push(self.dispatch(move || hold(part, stopped)));
                running.push(told);
            }
            let under_way = future::block_on(crowd.under_way());
            crowd.stop();
            drop(running);
            join_all(tasks)?;
            future::block_on(crowd.emptied());
            under_way?;
            crowd.answer()
        })
    }
}

async fn hold(
    members: Vec<Presence>,
    stopped: Receiver<()>,
) -> Result<(), Error> {
    let tasks = members.into_iter().map(|member| runtime::spawn(stay(member)));
    let tasks: Vec<_> = tasks.collect();
    // It ends with an error, since nothing is ever sent.
    let _ = stopped.await;
    drop(tasks);
    Ok(())
}

async fn stay(mut member: Presence) -> Result<(), Error> {
    member.begin()?;
    loop {
        if member.computes() {
            member.grain()?;
            future::yield_now().await;
        } else {
            time::sleep(member.wait()).await;
        }
    }
}
