//! `channel` in async-std.
//!
//! - share: one channel, of which every task has an end of its own
//! - start: a task for each producer and consumer on the one global queue, from
//!   which workers take batches
//! - wait: a task gives its worker back until there is a message or a place
//! - join: the handles are awaited in order, what they received is added

use crate::AsyncStd;
use async_std::channel::{self, Receiver, Sender};
use async_std::task;
use lanes_core::workload::{Channel, Consumer, Message, Producer, Received};
use lanes_core::{Error, Fit, Job, Run};
use std::iter;

impl Run<Channel> for AsyncStd {
    const FIT: Fit =
        Fit::Natural("a channel of any kind; who waits costs no thread");

    fn run(&self, job: &Job<Channel>) -> Result<Received, Error> {
        let (to, from) = match job.capacity {
            Some(0) => {
                let why = "its channels have a place at least";
                return Err(Error::Unsupported(why.into()));
            }
            Some(places) => channel::bounded(places),
            None => channel::unbounded(),
        };
        self.drive(job, |job| async move {
            let producers = job
                .producers()
                .zip(iter::repeat(to))
                .map(|(one, to)| task::spawn(produce(one, to)))
                .collect::<Vec<_>>();
            let consumers = job
                .consumers()
                .zip(iter::repeat(from))
                .map(|(one, from)| task::spawn(consume(one, from)))
                .collect::<Vec<_>>();
            for producer in producers {
                producer.await?;
            }
            let mut ended = Vec::with_capacity(consumers.len());
            for consumer in consumers {
                ended.push(consumer.await?);
            }
            job.received(ended)
        })
    }
}

async fn produce(
    mut producer: Producer,
    to: Sender<Message>,
) -> Result<(), Error> {
    while let Some(message) = producer.message()? {
        // A consumer that has failed drops its end, so the wait has an end.
        to.send(message).await.map_err(|_| producer.alone())?;
    }
    Ok(())
}

async fn consume(
    mut consumer: Consumer,
    from: Receiver<Message>,
) -> Result<Consumer, Error> {
    while let Ok(message) = from.recv().await {
        consumer.take(message)?;
    }
    consumer.ended()
}
