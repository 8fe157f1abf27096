//! `ring` with crossfire's channels.
//!
//! - share: a channel of one place from each task to the next
//! - start: a scoped thread for each task
//! - wait: a thread spins and yields, then sleeps, until its channel has the
//!   token
//! - join: the threads are joined in order

use crate::{Crossfire, affordable, join_all, spawn_scoped};
use crossfire::spsc::{Array, bounded_blocking};
use crossfire::{Rx, Tx};
use lanes_core::workload::{Member, Relay, Ring, Token};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Ring> for Crossfire {
    const FIT: Fit =
        Fit::Possible("a hop is a wake-up, and a task a whole thread");

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        affordable(job.tasks)?;
        let channels = (0..job.tasks).map(|_| bounded_blocking(1));
        let (mut to, from): (Vec<_>, Vec<_>) = channels.unzip();
        // The channel of the next task.
        to.rotate_left(1);
        let ends = to.into_iter().zip(from);
        self.drive(job.context(), |scope| {
            let start = |((to, from), member)| {
                spawn_scoped(scope, || go(to, from, member))
            };
            let tasks = ends.zip(job.members()?).map(start);
            let threads = tasks.collect::<Result<_, _>>()?;
            Ok(job.round(&join_all(threads)?))
        })
    }
}

fn go(
    to: Tx<Array<Token>>,
    from: Rx<Array<Token>>,
    mut member: Member,
) -> Result<Member, Error> {
    if let Some(token) = member.first()? {
        to.send(token).map_err(|_| member.alone())?;
    }
    for _ in member.turns() {
        // A task that has failed drops its ends, so the wait has an end.
        let token = from.recv().map_err(|_| member.alone())?;
        if let Some(token) = member.pass(token)? {
            to.send(token).map_err(|_| member.alone())?;
        }
    }
    Ok(member)
}
