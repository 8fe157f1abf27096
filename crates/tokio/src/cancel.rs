//! `cancel` in tokio.
//!
//! - share: nothing
//! - start: a task for each, in a `JoinSet`
//! - wait: a task that waits gives its worker back until a timer wakes it, one
//!   that computes gives it back after each grain
//! - join: `JoinSet::shutdown` aborts all tasks, each where it gives its worker
//!   back, and waits until they are gone

use crate::Tokio;
use lanes_core::workload::{Cancel, Presence, Stopped};
use lanes_core::{Error, Fit, Job, Run};
use tokio::task::{self, JoinSet};
use tokio::time;

impl Run<Cancel> for Tokio {
    const FIT: Fit =
        Fit::Natural("any task is aborted where it awaits, and dropped there");

    fn run(&self, job: &Job<Cancel>) -> Result<Stopped, Error> {
        self.drive(job, |job| async move {
            let crowd = job.crowd(job.tasks);
            let mut tasks = JoinSet::new();
            for member in crowd.members() {
                tasks.spawn(stay(member));
            }
            let under_way = crowd.under_way().await;
            crowd.stop();
            tasks.shutdown().await;
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
