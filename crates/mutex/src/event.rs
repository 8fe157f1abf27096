//! `event` in OS threads that take turns.
//!
//! - share: a slot for each player, looked into in turns only
//! - start: a scoped thread for each player
//! - wait: a player looks into its slot once a turn, until it is filled
//! - join: the threads are joined in order

use crate::{Lock, Mutex, join_all, spawn_scoped};
use lanes_core::workload::{Event, Player, Relay, Token};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::PoisonError;

impl Run<Event> for Mutex {
    const FIT: Fit =
        Fit::Unsuitable("to wait for the other within a turn would never end");

    fn run(&self, job: &Job<Event>) -> Result<Relay, Error> {
        let lock = &Lock::of(job.context());
        let slots = &[Slot::default(), Slot::default()];
        self.drive(job.context(), |scope| {
            let threads = (0..2)
                .map(|side| {
                    let play = move || play(lock, job, side, slots);
                    spawn_scoped(scope, move || job.context().note(play()))
                })
                .collect::<Result<_, _>>()?;
            Ok(job.relay(&join_all(threads)?))
        })
    }
}

fn play(
    lock: &Lock<'_>,
    job: &Job<Event>,
    side: usize,
    slots: &[Slot; 2],
) -> Result<Player, Error> {
    let mut player = job.player(side)?;
    for hop in job.turns() {
        // To wait within a turn would keep the other from ever acting. Turns
        // come in order, so that it acts between any two looks.
        let mut done = false;
        while !done {
            done = lock.hold(side, || look(job, &mut player, hop, slots))?;
        }
    }
    Ok(player)
}

/// Whether the player could do its part in this hop.
fn look(
    job: &Job<Event>,
    player: &mut Player,
    hop: usize,
    slots: &[Slot; 2],
) -> Result<bool, Error> {
    // Player 0 sends the even hops, which arrive in slot 1.
    let slot = &slots[(hop + 1) % 2];
    if player.sends(hop) {
        slot.fill(player.send(hop)?);
        return Ok(true);
    }
    match slot.take() {
        Some(token) => player.receive(hop, token).map(|()| true),
        // A player who has failed fills no slot, so the looks have an end.
        None => job.finish(false),
    }
}

/// The turns keep the players apart; this lock is never waited for.
#[derive(Default)]
struct Slot(std::sync::Mutex<Option<Token>>);

impl Slot {
    fn fill(&self, token: Token) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }

    fn take(&self) -> Option<Token> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
