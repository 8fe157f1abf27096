//! `cancel` in tokio, with a runtime for each core.
//!
//! - share: nothing
//! - start: a task for each, dealt to the cores in turn
//! - wait: a task that waits gives its core back until a timer wakes it, one
//!   that computes gives it back after each grain
//! - join: each handle aborts its task, where that gives its core back; then
//!   they are awaited in order

use crate::TokioPerCore;
use lanes_core::workload::{Cancel, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run};
use tokio::task::{self, JoinHandle};
use tokio::time;

impl Run<Cancel> for TokioPerCore {
    const FIT: Fit =
        Fit::Natural("any task is aborted where it awaits, on its own core");

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        self.drive(job, |job, cores| async move {
            let crowd = job.crowd(job.tasks);
            let start = |member| cores.spawn(stay(member));
            let tasks: Vec<_> = crowd.members().map(start).collect();
            let under_way = crowd.under_way().await;
            crowd.stop();
            tasks.iter().for_each(JoinHandle::abort);
            for task in tasks {
                // That it was aborted, or why it has failed: the run knows.
                drop(task.await);
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
            time::sleep(member.wait()).await;
        }
    }
}
