//! `event` in tokio, with a runtime for each core.
//!
//! - share: a channel of one place to each player
//! - start: a task for each player, dealt to the cores in turn
//! - wait: a task gives its core back until its channel has the token
//! - join: the handles are awaited in order

use crate::{TokioPerCore, joined};
use lanes_core::workload::{Event, Player, Relay, Token};
use lanes_core::{Error, Fit, Job, Run};
use tokio::sync::mpsc::{self, Receiver, Sender};

impl Run<Event> for TokioPerCore {
    const FIT: Fit = Fit::Possible(
        "players on two cores: every hop wakes a sleeping thread",
    );

    fn run(&self, job: &Job<Event>) -> Result<Relay, Error> {
        self.drive(job, |job, cores| async move {
            let (to_first, first) = mpsc::channel(1);
            let (to_second, second) = mpsc::channel(1);
            let ends = [(to_second, first), (to_first, second)];
            let start = |(side, (to, from))| {
                cores.spawn(play(job.clone(), side, to, from))
            };
            let tasks: Vec<_> =
                ends.into_iter().enumerate().map(start).collect();
            let mut players = Vec::with_capacity(tasks.len());
            for task in tasks {
                players.push(joined(task.await)?);
            }
            Ok(job.relay(&players))
        })
    }
}

async fn play(
    job: Job<Event>,
    side: usize,
    to: Sender<Token>,
    mut from: Receiver<Token>,
) -> Result<Player, Error> {
    let mut player = job.player(side)?;
    for hop in job.turns() {
        if player.sends(hop) {
            let token = player.send(hop)?;
            // A player who has failed drops its ends, so the wait has an end.
            to.send(token).await.map_err(|_| player.alone())?;
        } else {
            let token = from.recv().await.ok_or_else(|| player.alone())?;
            player.receive(hop, token)?;
        }
    }
    Ok(player)
}
