//! `ring` in async-std.
//!
//! - share: a channel of one place from each task to the next
//! - start: a task for each on the one global queue, from which workers take
//!   batches
//! - wait: a task gives its worker back until its channel has the token
//! - join: the handles are awaited in order

use crate::AsyncStd;
use async_std::channel::{self, Receiver, Sender};
use async_std::task;
use lanes_core::workload::{Member, Relay, Ring, Token};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Ring> for AsyncStd {
    const FIT: Fit =
        Fit::Natural("a task that waits costs no thread, and may stay on one");

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        self.drive(job, |job| async move {
            let channels = (0..job.tasks).map(|_| channel::bounded(1));
            let (mut to, from): (Vec<_>, Vec<_>) = channels.unzip();
            // The channel of the next task.
            to.rotate_left(1);
            let ends = to.into_iter().zip(from);
            let start =
                |((to, from), member)| task::spawn(go(to, from, member));
            let tasks: Vec<_> = ends.zip(job.members()?).map(start).collect();
            let mut members = Vec::with_capacity(tasks.len());
            for task in tasks {
                members.push(task.await?);
            }
            Ok(job.round(&members))
        })
    }
}

async fn go(
    to: Sender<Token>,
    from: Receiver<Token>,
    mut member: Member,
) -> Result<Member, Error> {
    if let Some(token) = member.first()? {
        to.send(token).await.map_err(|_| member.alone())?;
    }
    for _ in member.turns() {
        // A task that has failed drops its ends, so the wait has an end.
        let token = from.recv().await.map_err(|_| member.alone())?;
        if let Some(token) = member.pass(token)? {
            to.send(token).await.map_err(|_| member.alone())?;
        }
    }
    Ok(member)
}
