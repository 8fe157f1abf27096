//! `event`: two tasks hand a token to and fro.

use super::relay::{Arrivals, Relay, Token};
use crate::scoped::spawn_scoped;
use crate::seed;
use crate::{Error, Job, Limit, Point, Size, Steps, Workload, preflight};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

/// Two tasks that hand a token to and fro; each waits for the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// How often the token changes hands.
    pub hops: usize,
}

/// One of the two tasks: sends the even hops and receives the odd ones, or the
/// other way round.
pub struct Player {
    job: Job<Event>,
    side: usize,
    arrivals: Arrivals,
}

impl Workload for Event {
    const NAME: &'static str = "event";
    const FAMILY: &'static str = "sharing";
    const STRESSES: &'static str = "waking the task that waits for another";
    const OMITS: &'static str =
        "more than one wake-up at a time, and waking a worker that is busy";
    const UNIT: &'static str = "hop";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    type Output = Relay;

    fn sizes(size: Size) -> Vec<Self> {
        let hops = match size {
            Size::Quick => 2_000,
            Size::Full => 20_000,
        };
        vec![Self { hops }]
    }

    fn with_items(&self, items: usize) -> Self {
        Self { hops: items }
    }

    fn items(&self) -> usize {
        self.hops
    }

    fn label(&self) -> String {
        self.hops.to_string()
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        preflight::memory(self.hops, 2 * size_of::<u32>())?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> Relay {
        Relay::of(input.hops)
    }

    fn steps(output: &Relay) -> Steps<'_> {
        Steps::Timed(&output.latencies)
    }

    fn digest(output: &Relay) -> u64 {
        seed::digest([output.hops as u64, output.sum])
    }

    /// Two threads that only park and unpark each other: no bound for players
    /// that spin, or that are tasks of one worker.
    fn limit(job: &Job<Self>, _workers: usize) -> Result<Limit, Error> {
        preflight::threads(2)?;
        let (hops, turn) = (job.hops, AtomicUsize::new(0));
        let play = |side: usize, other: &thread::Thread| {
            for hop in (side..hops).step_by(2) {
                while turn.load(Ordering::Acquire) != hop {
                    thread::park();
                }
                turn.store(hop + 1, Ordering::Release);
                other.unpark();
            }
        };
        let main = thread::current();
        let time = thread::scope(|scope| {
            let partner = spawn_scoped(scope, || {
                play(1, &main);
                Ok(())
            })?;
            let begin = Instant::now();
            play(0, partner.thread());
            Ok::<_, Error>(begin.elapsed())
        })?;
        Ok(Limit::of("a futex wake-up a hop; spinning beats it", time))
    }
}

impl Event {
    /// The numbers of the hops, in order.
    pub fn turns(&self) -> std::ops::Range<usize> {
        0..self.hops
    }
}

impl Job<Event> {
    /// One of the two tasks: side 0 sends first, side 1 receives first.
    ///
    /// # Errors
    /// [`Error::Resource`] without memory for its latencies.
    pub fn player(&self, side: usize) -> Result<Player, Error> {
        let arrivals = Arrivals::room(self.hops / 2 + 1)?;
        Ok(Player { job: self.clone(), side, arrivals })
    }

    /// What both players saw, as one answer.
    pub fn relay(&self, players: &[Player]) -> Relay {
        Relay::all(players.iter().map(|player| &player.arrivals))
    }
}

impl Player {
    /// Whether it is this player who sends at this hop.
    pub fn sends(&self, hop: usize) -> bool {
        hop % 2 == self.side
    }

    /// The token, as it leaves.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn send(&self, hop: usize) -> Result<Token, Error> {
        self.job.context().grain(self.side)?;
        Ok(Token::sent(hop))
    }

    /// Takes a token that has arrived.
    ///
    /// # Errors
    /// [`Error::Protocol`] if it is not the one of this hop.
    pub fn receive(&mut self, hop: usize, token: Token) -> Result<(), Error> {
        self.arrivals.take(hop, token)
    }

    /// Why the other player is gone before the last hop.
    pub fn alone(&self) -> Error {
        let gone = "the other player left".to_owned();
        self.job.context().cause().unwrap_or(Error::WorkerDied(gone))
    }
}

/// A player who fails must not leave the other waiting.
impl Drop for Player {
    fn drop(&mut self) {
        if thread::panicking() {
            let what = "one of the players panicked".to_owned();
            self.job.context().stop(Error::Panicked(what));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_another_hop_is_a_protocol_error() {
        let job = Job::new(&Event { hops: 4 }, 7).unwrap();
        let (server, mut receiver) =
            (job.player(0).unwrap(), job.player(1).unwrap());
        assert!(server.sends(0) && !receiver.sends(0));
        let token = server.send(0).unwrap();
        let wrong = receiver.receive(2, token);
        assert!(matches!(wrong, Err(Error::Protocol(_))));
        assert_eq!(receiver.receive(0, token), Ok(()));
    }

    #[test]
    fn the_limit_is_measured_with_any_number_of_hops() {
        for hops in [0, 1, 2, 101] {
            let job = Job::new(&Event { hops }, 7).unwrap();
            assert!(Event::limit(&job, 2).unwrap().time.is_some());
        }
    }
}
