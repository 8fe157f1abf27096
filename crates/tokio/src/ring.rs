//! `ring` in tokio.
//!
//! - share: a channel of one place from each task to the next
//! - start: a task for each; the newest lies in a slot that nobody steals from,
//!   the others on the worker's queue
//! - wait: a task gives its worker back until its channel has the token
//! - join: the handles are awaited in order

use crate::{Tokio, joined};
use lanes_core::workload::{Member, Relay, Ring, Token};
use lanes_core::{Error, Fit, Job, Run};
use tokio::sync::mpsc::{self, Receiver, Sender};

impl Run<Ring> for Tokio {
    const FIT: Fit =
        Fit::Natural("a task that waits costs no thread, and may stay on one");

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        self.drive(job, |job| async move {
            let channels = (0..job.tasks).map(|_| mpsc::channel(1));
            let (mut to, from): (Vec<_>, Vec<_>) = channels.unzip();
            // The channel of the next task.
            to.rotate_left(1);
            let ends = to.into_iter().zip(from);
            let start =
                |((to, from), member)| tokio::spawn(go(to, from, member));
            let tasks: Vec<_> = ends.zip(job.members()?).map(start).collect();
            let mut members = Vec::with_capacity(tasks.len());
            for task in tasks {
                members.push(joined(task.await)?);
            }
            Ok(job.round(&members))
        })
    }
}

async fn go(
    to: Sender<Token>,
    mut from: Receiver<Token>,
    mut member: Member,
) -> Result<Member, Error> {
    if let Some(token) = member.first()? {
        to.send(token).await.map_err(|_| member.alone())?;
    }
    for _ in member.turns() {
        // A task that has failed drops its ends, so the wait has an end.
        let token = from.recv().await.ok_or_else(|| member.alone())?;
        if let Some(token) = member.pass(token)? {
            to.send(token).await.map_err(|_| member.alone())?;
        }
    }
    Ok(member)
}
