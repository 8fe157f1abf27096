//! `channel` in may.
//!
//! - share: a channel without a bound, of which every producer has an end of
//!   its own
//! - start: a coroutine for each producer and consumer, on the queues of the
//!   workers in turn
//! - wait: a coroutine gives its worker back until there is a message; it goes
//!   on with the worker that sent it, unless another takes it
//! - join: the handles are joined in order, what the consumer received last

use crate::{May, join_all, spawn};
use lanes_core::workload::{
    Channel, Consumer, Message, Parties, Producer, Received,
};
use lanes_core::{Error, Fit, Job, Run};
use may::sync::mpsc::{self, Receiver, Sender};
use std::iter;

impl Run<Channel> for May {
    const FIT: Fit =
        Fit::Possible("no bound: producers run ahead and hold their workers");

    fn run(&self, job: &Job<Channel>) -> Result<Received, Error> {
        let (to, from) = channel(job)?;
        self.drive(job, |job| {
            let producers = job
                .producers()
                .zip(iter::repeat(to))
                .map(|(one, to)| spawn(move || produce(one, to)))
                .collect::<Vec<_>>();
            let consumers = job
                .consumers()
                .zip([from])
                .map(|(one, from)| spawn(move || consume(one, from)))
                .collect::<Vec<_>>();
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

fn channel(
    job: &Job<Channel>,
) -> Result<(Sender<Message>, Receiver<Message>), Error> {
    let unsupported = |why: &str| Err(Error::Unsupported(why.into()));
    match job.capacity {
        // Those that find no message as it goes all wait for its one post.
        _ if job.parties == Parties::Mpmc => unsupported(
            "of many that receive, one may wait on when the last sender goes",
        ),
        Some(_) => unsupported("its channels hold any number of messages"),
        None => Ok(mpsc::channel()),
    }
}
