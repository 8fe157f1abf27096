//! `event` in OS threads.
//!
//! - share: a slot for each player, under a lock, with an event that it filled
//! - start: a scoped thread for each player
//! - wait: the system puts a player to sleep until its slot is filled
//! - join: the threads are joined in order

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::workload::{Event, Player, Relay, Token};
use lanes_core::{Error, Fit, Job, Run, Slot};

impl Run<Event> for Threads {
    const FIT: Fit = Fit::Natural("a hop is one futex wake-up");

    fn run(&self, job: &Job<Event>) -> Result<Relay, Error> {
        let slots = &[Slot::default(), Slot::default()];
        self.drive(job.context(), |scope| {
            let threads = (0..2)
                .map(|side| {
                    let play = move || play(job, side, slots);
                    spawn_scoped(scope, move || job.context().note(play()))
                })
                .collect::<Result<_, _>>()?;
            Ok(job.relay(&join_all(threads)?))
        })
    }
}

fn play(
    job: &Job<Event>,
    side: usize,
    slots: &[Slot<Token>; 2],
) -> Result<Player, Error> {
    let mut player = job.player(side)?;
    for hop in job.turns() {
        if player.sends(hop) {
            slots[1 - side].fill(player.send(hop)?);
        } else {
            let token = slots[side].take(job.context())?;
            player.receive(hop, token)?;
        }
    }
    Ok(player)
}
