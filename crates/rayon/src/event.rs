//! `event` in rayon.
//!
//! - share: a slot for each player, under a lock, with an event that it filled
//! - start: `join` runs the first player and offers the second to be stolen
//! - wait: the system puts a worker to sleep until its slot is filled
//! - join: `join` returns both players

use crate::Rayon;
use lanes_core::workload::{Event, Player, Relay, Token};
use lanes_core::{Error, Fit, Job, Run, Slot};

impl Run<Event> for Rayon {
    const FIT: Fit =
        Fit::Unsuitable("jobs must not wait for each other; one worker hangs");

    fn run(&self, job: &Job<Event>) -> Result<Relay, Error> {
        if self.workers < 2 || rayon::current_thread_index().is_some() {
            // The first player would wait for a second that nobody can run.
            let why = "two jobs that wait for each other need two workers";
            return Err(Error::Unsupported(why.into()));
        }
        let slots = &[Slot::default(), Slot::default()];
        self.drive(|| {
            let (first, second) = rayon::join(
                || job.context().note(play(job, 0, slots)),
                || job.context().note(play(job, 1, slots)),
            );
            Ok(job.relay(&[first?, second?]))
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
