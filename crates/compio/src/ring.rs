//! `ring` in compio.
//!
//! - share: a channel of one place from each task to the next
//! - start: a task for each, on one queue; the thread that takes it keeps it
//! - wait: a task gives its worker back until its channel has the token
//! - join: the caller waits for each in order

use crate::channel::{self, Receiver, Sender};
use crate::{Compio, join_all};
use lanes_core::workload::{Member, Relay, Ring, Token};
use lanes_core::{Error, Fit, Job, Run, caught};

impl Run<Ring> for Compio {
    const FIT: Fit =
        Fit::Possible("neighbours on two threads: every hop wakes one");

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        self.drive(job, |job| {
            let channels = (0..job.tasks).map(|_| channel::bounded(1));
            let (mut to, from): (Vec<_>, Vec<_>) = channels.unzip();
            // The channel of the next task.
            to.rotate_left(1);
            let ends = to.into_iter().zip(from);
            let start = |((to, from), member)| {
                self.dispatch(move || go(to, from, member))
            };
            let members = join_all(ends.zip(job.members()?).map(start))?;
            Ok(job.round(&members))
        })
    }
}

async fn go(
    to: Sender<Token>,
    from: Receiver<Token>,
    mut member: Member,
) -> Result<Member, Error> {
    // Caught before the ends are dropped: a panic that unwinds through one, and
    // so wakes the task of another thread, aborts the process.
    if let Some(token) = caught(|| member.first())? {
        to.send_async(token).await.map_err(|_| member.alone())?;
    }
    for _ in member.turns() {
        // A task that has failed drops its ends, so the wait has an end.
        let token = from.recv_async().await.map_err(|_| member.alone())?;
        if let Some(token) = caught(|| member.pass(token))? {
            to.send_async(token).await.map_err(|_| member.alone())?;
        }
    }
    Ok(member)
}
