//! `channel` with flume's channels.
//!
//! - share: one channel, of which every thread has an end of its own: a queue
//!   under one lock
//! - start: a scoped thread for each producer and consumer
//! - wait: a thread is parked until there is a message or a place
//! - join: the threads are joined in order, what they received is added

use crate::{Flume, join_all, spawn_scoped};
use flume::{Receiver, Sender};
use lanes_core::workload::{Channel, Consumer, Message, Producer, Received};
use lanes_core::{Error, Fit, Job, Run};
use std::iter;

impl Run<Channel> for Flume {
    const FIT: Fit = Fit::Natural("channels for threads, of any kind and size");

    fn run(&self, job: &Job<Channel>) -> Result<Received, Error> {
        let (to, from) = match job.capacity {
            Some(places) => flume::bounded(places),
            None => flume::unbounded(),
        };
        self.drive(job.context(), |scope| {
            let producers = job
                .producers()
                .zip(iter::repeat(to))
                .map(|(one, to)| spawn_scoped(scope, || produce(one, to)))
                .collect::<Result<_, _>>()?;
            let consumers = job
                .consumers()
                .zip(iter::repeat(from))
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
