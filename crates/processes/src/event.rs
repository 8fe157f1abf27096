//! `event` in worker processes.
//!
//! - share: nothing; a pipe to each player, which the pool's process has made
//! - start: a task in the queue of the pool for each player
//! - wait: the system puts a player to sleep until its pipe has a token
//! - join: what both saw crosses back and is merged

use crate::{Function, Processes, Transport, Whole, function};
use lanes_core::workload::{Event, Relay, Token};
use lanes_core::{Context, Error, Fit, Job, Run};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::process;

impl<T: Transport> Run<Event> for Processes<T> {
    const FIT: Fit =
        Fit::Natural("a hop is a write to a pipe that wakes the reader");

    fn run(&self, job: &Job<Event>) -> Result<Relay, Error> {
        if self.workers < 2 {
            let what = "two players wait for each other, each in a worker";
            return Err(Error::Unsupported(what.into()));
        }
        self.alone(job.context(), || {
            // Both ends stay open here: no player meets a broken pipe.
            let pipes = [io::pipe()?, io::pipe()?];
            self.drive(job.context(), |tasks| {
                let futures = (0..2)
                    .map(|side| {
                        let (reads, _) = &pipes[side];
                        let (_, writes) = &pipes[1 - side];
                        let ends = [reads.as_raw_fd(), writes.as_raw_fd()];
                        let event = Whole(job.clone());
                        let process = process::id();
                        let seat = Seat { side, process, ends, event };
                        tasks.submit::<Play>(seat)
                    })
                    .collect::<Result<_, _>>()?;
                job.finish(Relay::merged(tasks.join_all(futures)?))
            })
        })
    }
}

/// What a player gets: where the pipes are that it reads and writes.
#[derive(Serialize, Deserialize)]
struct Seat {
    side: usize,
    process: u32,
    ends: [RawFd; 2],
    event: Whole<Event>,
}

/// What the worker does.
struct Play;

function!(Play);

impl Function for Play {
    const NAME: &'static str = "event";
    type Argument = Seat;
    type Output = Relay;

    fn call(seat: Seat, context: &Context) -> Result<Relay, Error> {
        let job = seat.event.0.under(context);
        let path = |end| format!("/proc/{}/fd/{end}", seat.process);
        let mut own = File::open(path(seat.ends[0]))?;
        let mut other = File::options().write(true).open(path(seat.ends[1]))?;
        let mut player = job.player(seat.side)?;
        for hop in job.turns() {
            if player.sends(hop) {
                send(&mut other, player.send(hop)?)?;
            } else {
                // A player who fails ends the run, and that kills the other.
                player.receive(hop, take(&mut own)?)?;
            }
        }
        Ok(job.relay(&[player]))
    }
}

/// More than a token needs; so little is written to a pipe all at once.
const ROOM: usize = 32;

fn send(pipe: &mut File, token: Token) -> Result<(), Error> {
    let mut room = [0; ROOM];
    let token = postcard::to_slice(&token, &mut room);
    Ok(pipe.write_all(token.map_err(io::Error::other)?)?)
}

/// There is never more than one token in both pipes.
fn take(pipe: &mut File) -> Result<Token, Error> {
    let mut room = [0; ROOM];
    let count = pipe.read(&mut room)?;
    let token = postcard::from_bytes(&room[..count]);
    token.map_err(|error| Error::Protocol(error.to_string()))
}
