//! `ring` in a pool of crossbeam's parts.
//!
//! - share: a counted handle to what the tasks of the ring keep
//! - start: a boxed closure for each hop on the worker's deque, to be stolen,
//!   pushed by that of the hop before it
//! - wait: only the worker that joins, which runs hops meanwhile
//! - join: each hop is joined for the handle of the next one

use crate::{Crossbeam, executor};
use lanes_core::workload::{Relay, Ring, Seats, Token};
use lanes_core::{Error, Fit, Job, Run};
use std::sync::Arc;

impl Run<Ring> for Crossbeam {
    const FIT: Fit = Fit::Possible(
        "tasks that wait would need a worker each, so each hop is a task",
    );

    fn run(&self, job: &Job<Ring>) -> Result<Relay, Error> {
        self.drive(job, |job| {
            let seats = Arc::new(job.seats()?);
            let token = job.begin()?;
            let mut hop = token.map(|token| hand(&seats, token));
            while let Some(Hop(task)) = hop {
                hop = task.join()?;
            }
            Ok(seats.round())
        })
    }
}

/// A hop, which is done when the next one was started.
struct Hop(executor::Task<Option<Hop>>);

fn hand(seats: &Arc<Seats>, token: Token) -> Hop {
    let seats = Arc::clone(seats);
    Hop(executor::spawn(move || {
        let token = seats.pass(token)?;
        Ok(token.map(|token| hand(&seats, token)))
    }))
}
