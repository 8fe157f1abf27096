//! `channel` on the caller's thread.
//!
//! - share: a queue in a list, and both sides on one stack
//! - start: nothing to start
//! - wait: never: the side that finds the queue full lets the other go on
//! - join: all consumers are at hand

use crate::Sequential;
use lanes_core::workload::{Channel, Consumer, Message, Received};
use lanes_core::{Error, Fit, Job, Run};
use std::collections::VecDeque;

impl Run<Channel> for Sequential {
    const FIT: Fit =
        Fit::Possible("nobody is woken: the price of the bookkeeping alone");

    fn run(&self, job: &Job<Channel>) -> Result<Received, Error> {
        self.drive(|| {
            let mut consumers: Vec<Consumer> = job.consumers().collect();
            // A queue without a place holds what is just handed over.
            let places = job.capacity.unwrap_or(usize::MAX).max(1);
            let mut queue = VecDeque::new();
            for mut producer in job.producers() {
                while let Some(message) = producer.message()? {
                    queue.push_back(message);
                    if queue.len() == places {
                        receive(&mut queue, &mut consumers)?;
                    }
                }
            }
            receive(&mut queue, &mut consumers)?;
            let ended = consumers.into_iter().map(Consumer::ended);
            job.received(ended.collect::<Result<Vec<_>, _>>()?)
        })
    }
}

/// What is in the queue goes to the consumers in turn.
fn receive(
    queue: &mut VecDeque<Message>,
    consumers: &mut [Consumer],
) -> Result<(), Error> {
    let many = consumers.len();
    for (turn, message) in queue.drain(..).enumerate() {
        consumers[turn % many].take(message)?;
    }
    Ok(())
}
