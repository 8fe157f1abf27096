//! `channel` in OS threads.
//!
//! - share: the standard library's channel; many consumers share its one
//!   receiving end under a lock
//! - start: a scoped thread for each producer and consumer
//! - wait: the system puts a thread to sleep until there is a message or
//!   a place
//! - join: the threads are joined in order, what they received is added

use crate::{Threads, join_all, spawn_scoped};
use lanes_core::queue::{Receiver, Sender, queue};
use lanes_core::workload::{Channel, Consumer, Message, Producer, Received};
use lanes_core::{Error, Fit, Job, Run};
use std::iter;

impl Run<Channel> for Threads {
    const FIT: Fit =
        Fit::Natural("a channel for threads; it has one end to receive from");

    fn run(&self, job: &Job<Channel>) -> Result<Received, Error> {
        let (to, from) = queue(job.capacity, job.parties.consumers());
        self.drive(job.context(), |scope| {
            let producers = job
                .producers()
                .zip(iter::repeat(to))
                .map(|(one, to)| spawn_scoped(scope, || produce(one, to)))
                .collect::<Result<_, _>>()?;
            let consumers = job
                .consumers()
                .zip(from)
                .map(|(one, from)| spawn_scoped(scope, || consume(one, from)))
                .collect::<Result<_, _>>()?;
            let (sent, received) = (join_all(producers), join_all(consumers));
            sent?;
            job.received(received?)
        })
    }
}

fn produce(mut producer: Producer, to: Sender<Message>) -> Result<(), Error> {
    while let Some(message) = producer.message()? {
        // A consumer that has failed drops its end, so the wait has an end.
        to.send(message).map_err(|_| producer.alone())?;
    }
    Ok(())
}

fn consume(
    mut consumer: Consumer,
    from: Receiver<Message>,
) -> Result<Consumer, Error> {
    while let Ok(message) = from.recv() {
        consumer.take(message)?;
    }
    consumer.ended()
}
