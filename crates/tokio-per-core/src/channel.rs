//! `channel` in tokio, with a runtime for each core.
//!
//! - share: a channel, of which every producer has an end of its own
//! - start: a task for each producer and consumer, dealt to the cores in turn
//! - wait: a task gives its core back until there is a message or a place
//! - join: the handles are awaited in order, what the consumer received last

use crate::{TokioPerCore, joined};
use lanes_core::workload::{
    Channel, Consumer, Message, Parties, Producer, Received,
};
use lanes_core::{Error, Fit, Job, Run};
use std::iter;
use tokio::sync::mpsc;

impl Run<Channel> for TokioPerCore {
    const FIT: Fit =
        Fit::Possible("most messages cross from one core to another");

    fn run(&self, job: &Job<Channel>) -> Result<Received, Error> {
        let (to, from) = channel(job)?;
        self.drive(job, |job, cores| async move {
            let producers = job
                .producers()
                .zip(iter::repeat(to))
                .map(|(one, to)| cores.spawn(produce(one, to)))
                .collect::<Vec<_>>();
            let consumers = job
                .consumers()
                .zip([from])
                .map(|(one, from)| cores.spawn(consume(one, from)))
                .collect::<Vec<_>>();
            for producer in producers {
                joined(producer.await)?;
            }
            let mut ended = Vec::with_capacity(consumers.len());
            for consumer in consumers {
                ended.push(joined(consumer.await)?);
            }
            job.received(ended)
        })
    }
}

async fn produce(mut producer: Producer, to: To) -> Result<(), Error> {
    while let Some(message) = producer.message()? {
        let sent = match &to {
            To::Bounded(to) => to.send(message).await,
            To::Unbounded(to) => to.send(message),
        };
        // A consumer that has failed drops its end, so the wait has an end.
        sent.map_err(|_| producer.alone())?;
    }
    Ok(())
}

async fn consume(
    mut consumer: Consumer,
    mut from: From,
) -> Result<Consumer, Error> {
    loop {
        let message = match &mut from {
            From::Bounded(from) => from.recv().await,
            From::Unbounded(from) => from.recv().await,
        };
        let Some(message) = message else { return consumer.ended() };
        consumer.take(message)?;
    }
}

#[derive(Clone)]
enum To {
    Bounded(mpsc::Sender<Message>),
    Unbounded(mpsc::UnboundedSender<Message>),
}

enum From {
    Bounded(mpsc::Receiver<Message>),
    Unbounded(mpsc::UnboundedReceiver<Message>),
}

fn channel(job: &Job<Channel>) -> Result<(To, From), Error> {
    let unsupported = |why: &str| Err(Error::Unsupported(why.into()));
    match job.capacity {
        _ if job.parties == Parties::Mpmc => unsupported(
            "one task can receive; for many its tutorial has async-channel",
        ),
        Some(0) => unsupported("its channels have a place at least"),
        Some(places) => {
            let (to, from) = mpsc::channel(places);
            Ok((To::Bounded(to), From::Bounded(from)))
        }
        None => {
            let (to, from) = mpsc::unbounded_channel();
            Ok((To::Unbounded(to), From::Unbounded(from)))
        }
    }
}
