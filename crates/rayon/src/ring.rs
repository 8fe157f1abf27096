//! `ring` in rayon.
//!
//! - share: a scope, whose jobs borrow what the tasks of the ring keep
//! - start: a job for each hop, spawned by the job of the hop before it
//! - wait: never, since a task that waits is no job
//! - join: the scope ends when the last hop has

use crate::Rayon;
use lanes_core::workload::{Relay, Ring, Seats, Token};
use lanes_core::{Error, Fit, Job, Run};
use rayon::Scope;

impl Run<Ring> for Rayon {
    const FIT: Fit =
        Fit::Possible("jobs must not wait for each other, so each hop is one");

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        let seats = &job.seats()?;
        self.drive(|| {
            let first = job.begin()?;
            rayon::scope(|scope| {
                if let Some(token) = first {
                    hand(scope, seats, token);
                }
            });
            job.finish(seats.round())
        })
    }
}

fn hand<'scope>(scope: &Scope<'scope>, seats: &'scope Seats, token: Token) {
    scope.spawn(move |scope| {
        // A failure stops the run, which then ends with its cause.
        if let Ok(Some(token)) = seats.pass(token) {
            hand(scope, seats, token);
        }
    });
}
