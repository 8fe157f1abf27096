//! `channel` with crossfire's channels.
//!
//! - share: one channel, whose queue has no lock and whose type says how many
//!   ends it has
//! - start: a scoped thread for each producer and consumer
//! - wait: a thread spins and yields, then sleeps, until there is a message or
//!   a place
//! - join: the threads are joined in order, what they received is added

use crate::{Crossfire, join_all, spawn_scoped};
use crossfire::{BlockingRxTrait, BlockingTxTrait, mpmc, mpsc, spsc};
use lanes_core::workload::{
    Channel, Consumer, Message, Parties, Producer, Received,
};
use lanes_core::{Error, Fit, Job, Run};
use std::iter;

impl Run<Channel> for Crossfire {
    const FIT: Fit = Fit::Natural("a type of channel for each number of ends");

    fn run(&self, job: &Job<Channel>) -> Result<Received, Error> {
        match (job.parties, job.capacity) {
            (_, Some(0)) => {
                let why = "its channels have a place at least";
                Err(Error::Unsupported(why.into()))
            }
            (Parties::Spsc, Some(places)) => {
                let (to, from) = spsc::bounded_blocking(places);
                self.between(job, iter::once(to), iter::once(from))
            }
            (Parties::Spsc, None) => {
                let (to, from) = spsc::unbounded_blocking();
                self.between(job, iter::once(to), iter::once(from))
            }
            (Parties::Mpsc, Some(places)) => {
                let (to, from) = mpsc::bounded_blocking(places);
                self.between(job, iter::repeat(to), iter::once(from))
            }
            (Parties::Mpsc, None) => {
                let (to, from) = mpsc::unbounded_blocking();
                self.between(job, iter::repeat(to), iter::once(from))
            }
            (Parties::Mpmc, Some(places)) => {
                let (to, from) = mpmc::bounded_blocking(places);
                self.between(job, iter::repeat(to), iter::repeat(from))
            }
            (Parties::Mpmc, None) => {
                let (to, from) = mpmc::unbounded_blocking();
                self.between(job, iter::repeat(to), iter::repeat(from))
            }
        }
    }
}

impl Crossfire {
    fn between(
        &self,
        job: &Job<Channel>,
        to: impl Iterator<Item: BlockingTxTrait<Message> + Send>,
        from: impl Iterator<Item: BlockingRxTrait<Message> + Send>,
    ) -> Result<Received, Error> {
        self.drive(job.context(), |scope| {
            let producers = job
                .producers()
                .zip(to)
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

fn produce(
    mut producer: Producer,
    to: impl BlockingTxTrait<Message>,
) -> Result<(), Error> {
    while let Some(message) = producer.message()? {
        // A consumer that has failed drops its end, so the wait has an end.
        to.send(message).map_err(|_| producer.alone())?;
    }
    Ok(())
}

fn consume(
    mut consumer: Consumer,
    from: impl BlockingRxTrait<Message>,
) -> Result<Consumer, Error> {
    while let Ok(message) = from.recv() {
        consumer.take(message)?;
    }
    consumer.ended()
}
