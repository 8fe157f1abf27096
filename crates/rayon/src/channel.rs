//! `channel` in rayon.
//!
//! - share: the standard library's channel; many consumers share its one
//!   receiving end under a lock
//! - start: `join` of two parallel iterators, with a job for each party
//! - wait: the system puts a worker to sleep until there is a message or
//!   a place
//! - join: the iterators end when all jobs have, what they received is added

use crate::Rayon;
use lanes_core::queue::{Receiver, Sender, queue};
use lanes_core::workload::{Channel, Consumer, Message, Producer, Received};
use lanes_core::{Error, Fit, Job, Run};
use rayon::prelude::*;
use std::iter;

impl Run<Channel> for Rayon {
    const FIT: Fit =
        Fit::Unsuitable("jobs that wait for each other need a worker each");

    fn run(&self, job: &Job<Channel>) -> Result<Received, Error> {
        let parties = job.parties.producers() + job.parties.consumers();
        if self.workers < parties || rayon::current_thread_index().is_some() {
            // The first would wait for another that nobody can run.
            let why = "jobs that wait for each other need a worker each";
            return Err(Error::Unsupported(why.into()));
        }
        let (to, from) = queue(job.capacity, job.parties.consumers());
        let producers: Vec<_> = job.producers().zip(iter::repeat(to)).collect();
        let producers = producers.into_par_iter().with_max_len(1);
        let consumers: Vec<_> = job.consumers().zip(from).collect();
        let consumers = consumers.into_par_iter().with_max_len(1);
        self.drive(|| {
            let (sent, received) = rayon::join(
                || producers.try_for_each(produce),
                || consumers.map(consume).collect::<Result<Vec<_>, _>>(),
            );
            sent?;
            job.received(received?)
        })
    }
}

fn produce(
    (mut producer, to): (Producer, Sender<Message>),
) -> Result<(), Error> {
    while let Some(message) = producer.message()? {
        // A consumer that has failed drops its end, so the wait has an end.
        to.send(message).map_err(|_| producer.alone())?;
    }
    Ok(())
}

fn consume(
    (mut consumer, from): (Consumer, Receiver<Message>),
) -> Result<Consumer, Error> {
    while let Ok(message) = from.recv() {
        consumer.take(message)?;
    }
    consumer.ended()
}
