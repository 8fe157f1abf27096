//! `event` in OS threads under a global lock.
//!
//! - share: a slot for each player, under a lock, with an event that it filled
//! - start: a scoped thread for each player
//! - wait: a player lets go of the lock until its slot is filled
//! - join: the threads are joined in order

use crate::{Gil, Interpreter, join_all};
use lanes_core::workload::{Event, Player, Relay, Token};
use lanes_core::{Error, Fit, Job, Run, Slot};

impl Run<Event> for Gil {
    const FIT: Fit =
        Fit::Possible("a hop is two wake-ups: of the event and of the lock");

    fn run(&self, job: &Job<Event>) -> Result<Relay, Error> {
        let gil = &self.interpreter(job.context());
        let job = &job.under(gil.context());
        let slots = &[Slot::default(), Slot::default()];
        gil.drive(|scope| {
            let threads = (0..2)
                .map(|side| {
                    let play = move || play(gil, job, side, slots);
                    let play = move || job.context().note(play());
                    gil.spawn_scoped(scope, side, play)
                })
                .collect::<Result<_, _>>()?;
            Ok(job.relay(&join_all(threads)?))
        })
    }
}

fn play(
    gil: &Interpreter,
    job: &Job<Event>,
    side: usize,
    slots: &[Slot<Token>; 2],
) -> Result<Player, Error> {
    let mut player = job.player(side)?;
    for hop in job.turns() {
        // Where a loop begins again.
        gil.checkpoint(side);
        if player.sends(hop) {
            slots[1 - side].fill(player.send(hop)?);
        } else {
            // The other cannot fill the slot while this thread has the lock.
            let token =
                gil.allow_threads(side, || slots[side].take(job.context()))?;
            player.receive(hop, token)?;
        }
    }
    Ok(player)
}
