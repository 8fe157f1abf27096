//! `event` on the caller's thread.
//!
//! - share: two players on one stack
//! - start: nothing to start
//! - wait: never, since the token is there when it is looked for
//! - join: both players are at hand

use crate::Sequential;
use lanes_core::workload::{Event, Relay};
use lanes_core::{Error, Fit, Job, Run};

impl Run<Event> for Sequential {
    const FIT: Fit =
        Fit::Possible("nobody is woken: the price of the bookkeeping alone");

    fn run(&self, job: &Job<Event>) -> Result<Relay, Error> {
        self.drive(|| {
            let mut players = [job.player(0)?, job.player(1)?];
            for hop in job.turns() {
                let sender = if players[0].sends(hop) { 0 } else { 1 };
                let token = players[sender].send(hop)?;
                players[1 - sender].receive(hop, token)?;
            }
            Ok(job.relay(&players))
        })
    }
}
