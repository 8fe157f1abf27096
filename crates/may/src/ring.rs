//! `ring` in may.
//!
//! - share: a channel without a bound from each coroutine to the next
//! - start: a coroutine for each, on the queues of the workers in turn
//! - wait: a coroutine gives its worker back until its channel has the token;
//!   it goes on with the worker that sent it, unless another takes it
//! - join: the handles are joined in order

use crate::{May, join_all, spawn};
use lanes_core::workload::{Member, Relay, Ring, Token};
use lanes_core::{Error, Fit, Job, Run};
use may::sync::mpsc::{self, Receiver, Sender};

impl Run<Ring> for May {
    const FIT: Fit =
        Fit::Natural("who waits keeps a stack and no thread, and may stay");

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        self.drive(job, |job| {
            let channels = (0..job.tasks).map(|_| mpsc::channel());
            let (mut to, from): (Vec<_>, Vec<_>) = channels.unzip();
            // The channel of the next coroutine.
            to.rotate_left(1);
            let ends = to.into_iter().zip(from);
            let start =
                |((to, from), member)| spawn(move || go(to, from, member));
            let members = join_all(ends.zip(job.members()?).map(start))?;
            Ok(job.round(&members))
        })
    }
}

fn go(
    to: Sender<Token>,
    from: Receiver<Token>,
    mut member: Member,
) -> Result<Member, Error> {
    if let Some(token) = member.first()? {
        to.send(token).map_err(|_| member.alone())?;
    }
    for _ in member.turns() {
        // One that has failed drops its ends, so the wait has an end.
        let token = from.recv().map_err(|_| member.alone())?;
        if let Some(token) = member.pass(token)? {
            to.send(token).map_err(|_| member.alone())?;
        }
    }
    Ok(member)
}
