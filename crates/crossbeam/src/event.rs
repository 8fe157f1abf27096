//! `event` with crossbeam's channels.
//!
//! - share: a channel of one place to each player
//! - start: a boxed closure for each player on the worker's deque, to be stolen
//! - wait: a worker spins, then sleeps, until its player's channel has the
//!   token
//! - join: the tasks are joined in order

use crate::{Crossbeam, executor};
use crossbeam::channel::{self, Receiver, Sender};
use lanes_core::workload::{Event, Player, Relay, Token};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Event> for Crossbeam {
    const FIT: Fit =
        Fit::Possible("tasks that wait for each other need a worker each");

    fn run(&self, job: &Job<Event>) -> Result<Relay, Error> {
        if self.workers < 2 || executor::on_worker() {
            // The first player would wait for a second that nobody can run.
            let why = "two tasks that wait for each other need two workers";
            return Err(Error::Unsupported(why.into()));
        }
        self.drive(job, |job| {
            let (to_first, first) = channel::bounded(1);
            let (to_second, second) = channel::bounded(1);
            let ends = [(to_second, first), (to_first, second)];
            let start = |(side, (to, from))| {
                let job = job.clone();
                executor::spawn(move || play(job, side, to, from))
            };
            let tasks: Vec<_> =
                ends.into_iter().enumerate().map(start).collect();
            let mut players = Vec::with_capacity(tasks.len());
            for task in tasks {
                players.push(task.join()?);
            }
            Ok(job.relay(&players))
        })
    }
}

fn play(
    job: Job<Event>,
    side: usize,
    to: Sender<Token>,
    from: Receiver<Token>,
) -> Result<Player, Error> {
    let mut player = job.player(side)?;
    for hop in job.turns() {
        if player.sends(hop) {
            let token = player.send(hop)?;
            // A player who has failed drops its ends, so the wait has an end.
            to.send(token).map_err(|_| player.alone())?;
        } else {
            let token = from.recv().map_err(|_| player.alone())?;
            player.receive(hop, token)?;
        }
    }
    Ok(player)
}
