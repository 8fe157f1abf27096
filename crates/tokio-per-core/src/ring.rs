//! `ring` in tokio, with a runtime for each core.
//!
//! - share: a channel of one place from each task to the next
//! - start: a task for each, dealt to the cores in turn
//! - wait: a task gives its core back until its channel has the token
//! - join: the handles are awaited in order

use crate::{TokioPerCore, joined};
use lanes_core::workload::{Member, Relay, Ring, Token};
use lanes_core::{Error, Fit, Job, Run};
use tokio::sync::mpsc::{self, Receiver, Sender};

impl Run<Ring> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("neighbours on two cores: every hop wakes a thread");

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        self.drive(job, |job, cores| async move {
            let channels = (0..job.tasks).map(|_| mpsc::channel(1));
            let (mut to, from): (Vec<_>, Vec<_>) = channels.unzip();
            // The channel of the next task.
            to.rotate_left(1);
            let ends = to.into_iter().zip(from);
            let start =
                |((to, from), member)| cores.spawn(go(to, from, member));
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
