//! `channel`: messages through one queue.

use super::bound;
use crate::{Error, Job, Limit, Point, Size, Workload, preflight, seed};
use serde::{Deserialize, Serialize};
use std::hint::black_box;
use std::iter::StepBy;
use std::ops::Range;

/// Messages that some tasks send and others receive, through one queue.
///
/// Parties and capacities are those that channels are compared by, in the
/// benchmarks of crossbeam-channel and of those that came after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// How many send and how many receive.
    pub parties: Parties,
    /// How many messages the queue holds: with none, whoever sends waits until
    /// the message is taken; `None` holds any number.
    pub capacity: Option<usize>,
    /// How many messages, by all producers together.
    pub messages: usize,
    /// How many messages a task sends or receives between two looks at the
    /// cancel flag.
    pub grain: usize,
}

/// How many tasks send, and how many receive: one, or [`Parties::MANY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Parties {
    /// A single producer, a single consumer.
    Spsc,
    /// Many producers, a single consumer.
    Mpsc,
    /// Many producers, many consumers, of which one gets each message.
    Mpmc,
}

impl Parties {
    /// How many are many.
    pub const MANY: usize = 4;

    /// How many tasks send.
    pub fn producers(self) -> usize {
        if self == Self::Spsc { 1 } else { Self::MANY }
    }

    /// How many tasks receive.
    pub fn consumers(self) -> usize {
        if self == Self::Mpmc { Self::MANY } else { 1 }
    }

    /// Which of them sends this number. By a constant: a division for each
    /// message would take as long as some queues do.
    fn producer_of(self, number: u64) -> usize {
        if self == Self::Spsc { 0 } else { number as usize % Self::MANY }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Spsc => "spsc",
            Self::Mpsc => "mpsc",
            Self::Mpmc => "mpmc",
        }
    }
}

/// What is sent: eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message(u64);

/// How many messages come before the next look at the cancel flag.
struct Looks {
    grain: usize,
    left: usize,
}

impl Looks {
    fn is_due(&mut self) -> bool {
        let due = self.left == 0;
        self.left = if due { self.grain } else { self.left } - 1;
        due
    }
}

/// A task that sends its part of the messages.
pub struct Producer {
    job: Job<Channel>,
    task: usize,
    numbers: StepBy<Range<usize>>,
    looks: Looks,
}

/// A task that receives messages, until no producer is left.
pub struct Consumer {
    job: Job<Channel>,
    task: usize,
    /// The least number that each producer may send next.
    next: [u64; Parties::MANY],
    received: Received,
    looks: Looks,
}

/// What was received.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Received {
    /// How many messages.
    pub messages: usize,
    /// The sum of a hash of each, in which each counts and no order does.
    pub sum: u64,
}

/// Of queues that make a task wait for each message, a session has so many
/// times fewer.
const SLOWER: usize = 10;

impl Workload for Channel {
    const NAME: &'static str = "channel";
    const FAMILY: &'static str = "sharing";
    const STRESSES: &'static str =
        "a queue between tasks that do nothing but send and receive";
    const OMITS: &'static str =
        "work between two messages, which leaves the queue to others";
    const UNIT: &'static str = "message";
    const POINT: Point = Point::Overhead;

    type Input = Self;
    type Output = Received;

    fn sizes(size: Size) -> Vec<Self> {
        let most = match size {
            Size::Quick => 100_000,
            Size::Full => 1_000_000,
        };
        let of = |parties| {
            [Some(0), Some(1), Some(1024), None].map(|capacity| {
                let waits = capacity.is_some_and(|places| places < 2);
                let messages = if waits { most / SLOWER } else { most };
                Self { parties, capacity, messages, grain: 64 }
            })
        };
        [Parties::Spsc, Parties::Mpsc, Parties::Mpmc].map(of).concat()
    }

    fn with_items(&self, items: usize) -> Self {
        Self { messages: items, grain: 3, ..self.clone() }
    }

    fn items(&self) -> usize {
        self.messages
    }

    /// By name, until a session has the time for one more row.
    fn is_usual(&self) -> bool {
        false
    }

    fn label(&self) -> String {
        let (name, messages) = (self.parties.name(), self.messages);
        match self.capacity {
            Some(places) => format!("{name}-{places}-{messages}"),
            None => format!("{name}-unbounded-{messages}"),
        }
    }

    fn input(&self, _seed: u64) -> Result<Self, Error> {
        if self.grain == 0 {
            return Err(Error::Invalid("a grain of zero".into()));
        }
        // A queue without bounds may have to hold them all.
        preflight::memory(self.messages, 64)?;
        preflight::memory(self.capacity.unwrap_or(0), 64)?;
        Ok(self.clone())
    }

    fn reference(input: &Self) -> Received {
        let hashes = (0..input.messages as u64).map(hash);
        let sum = hashes.fold(0, u64::wrapping_add);
        Received { messages: input.messages, sum }
    }

    fn digest(output: &Received) -> u64 {
        seed::digest([output.messages as u64, output.sum])
    }

    fn limit(job: &Job<Self>, workers: usize) -> Result<Limit, Error> {
        let time = bound::together(1, |_| {
            let number = |number: usize| hash(black_box(number as u64));
            let hashes = (0..job.messages).map(number);
            black_box(hashes.fold(0, u64::wrapping_add));
        })?;
        // A consumer reads its messages one after the other.
        let span = time / job.parties.consumers() as u32;
        let what = "reading all messages / workers or consumers";
        Ok(Limit::shared(what, workers, time, span))
    }
}

fn hash(number: u64) -> u64 {
    seed::part(number, 0)
}

impl Job<Channel> {
    /// The tasks that send.
    pub fn producers(&self) -> impl Iterator<Item = Producer> + use<> {
        let (job, producers) = (self.clone(), self.parties.producers());
        (0..producers).map(move |task| {
            // Each number is sent by one of them.
            let numbers = task..job.messages.max(task);
            let numbers = numbers.step_by(producers);
            let looks = job.looks();
            Producer { job: job.clone(), task, numbers, looks }
        })
    }

    /// The tasks that receive.
    pub fn consumers(&self) -> impl Iterator<Item = Consumer> + use<> {
        let (job, parties) = (self.clone(), self.parties);
        (0..parties.consumers()).map(move |consumer| Consumer {
            job: job.clone(),
            task: parties.producers() + consumer,
            next: [0; Parties::MANY],
            received: Received::default(),
            looks: job.looks(),
        })
    }

    /// The first look is before the first message.
    fn looks(&self) -> Looks {
        Looks { grain: self.grain, left: 0 }
    }

    /// What all consumers received, as one answer.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn received(
        &self,
        consumers: impl IntoIterator<Item = Consumer>,
    ) -> Result<Received, Error> {
        let mut all = Received::default();
        for Consumer { received, .. } in consumers {
            all.messages += received.messages;
            all.sum = all.sum.wrapping_add(received.sum);
        }
        self.finish(all)
    }
}

impl Producer {
    /// The next message to send; `None` after the last.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    #[inline(never)]
    pub fn message(&mut self) -> Result<Option<Message>, Error> {
        if self.looks.is_due() {
            self.job.context().grain(self.task)?;
        }
        Ok(self.numbers.next().map(|number| Message(number as u64)))
    }

    /// Why no consumer is left before the last message.
    pub fn alone(&self) -> Error {
        let gone = "all consumers left".to_owned();
        self.job.context().cause().unwrap_or(Error::WorkerDied(gone))
    }
}

impl Consumer {
    /// Takes a message that was received. A failure stops the run.
    ///
    /// # Errors
    /// The cause, if the run was stopped, and [`Error::Protocol`] for a message
    /// that comes before one which its producer sent earlier.
    #[inline(never)]
    pub fn take(&mut self, message: Message) -> Result<(), Error> {
        let Message(number) = message;
        if self.looks.is_due() {
            self.job.context().grain(self.task)?;
        }
        let producer = self.job.parties.producer_of(number);
        let next = self.next[producer];
        if number < next {
            let what = format!("message {number} arrived after {next} was due");
            return self.job.context().note(Err(Error::Protocol(what)));
        }
        self.next[producer] = number + 1;
        self.received.messages += 1;
        self.received.sum = self.received.sum.wrapping_add(hash(number));
        Ok(())
    }

    /// With what it has received, once no producer is left. It may be nothing,
    /// where others were faster.
    ///
    /// # Errors
    /// The cause, if the run was stopped.
    pub fn ended(self) -> Result<Self, Error> {
        self.job.context().grain(self.task)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Context;
    use Parties::{Mpmc, Mpsc, Spsc};

    fn job(parties: Parties, messages: usize) -> Job<Channel> {
        let size = Channel { parties, capacity: Some(1), messages, grain: 3 };
        Job::new(&size, 7).unwrap()
    }

    fn all(producer: &mut Producer) -> Vec<Message> {
        let message = || producer.message().unwrap();
        std::iter::from_fn(message).collect()
    }

    #[test]
    fn every_message_is_sent_once_whoever_receives_it() {
        for parties in [Spsc, Mpsc, Mpmc] {
            for messages in [0, 1, 3, 4, 5, 1000] {
                let job = job(parties, messages);
                let producers = job.producers();
                let sent =
                    producers.flat_map(|mut producer| all(&mut producer));
                let mut consumers: Vec<Consumer> = job.consumers().collect();
                for (index, message) in sent.enumerate() {
                    let consumer = index % consumers.len();
                    consumers[consumer].take(message).unwrap();
                }
                let ended = consumers.into_iter().map(Consumer::ended);
                let ended = ended.collect::<Result<Vec<_>, _>>().unwrap();
                let received = job.received(ended).unwrap();
                assert_eq!(received, Channel::reference(&job), "{parties:?}");
            }
        }
    }

    #[test]
    fn a_message_that_is_lost_doubled_or_changed_is_another_answer() {
        let job = job(Spsc, 10);
        let right = Channel::reference(&job);
        let of = |numbers: &[u64]| Received {
            messages: numbers.len(),
            sum: numbers.iter().copied().map(hash).fold(0, u64::wrapping_add),
        };
        assert_eq!(of(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), right);
        for wrong in [
            [0, 1, 2, 3, 4, 5, 6, 7, 8].as_slice(),
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 8],
            &[0, 1, 2, 3, 4, 5, 6, 7, 8, 10],
        ] {
            assert_ne!(of(wrong), right);
            assert_ne!(Channel::digest(&of(wrong)), Channel::digest(&right));
        }
    }

    #[test]
    fn a_message_out_of_order_is_an_error_that_stops_the_run() {
        let job = job(Mpsc, 20).under(&Context::new());
        let mut producers: Vec<Producer> = job.producers().collect();
        let first = all(&mut producers[0]);
        let mut consumer = job.consumers().next().unwrap();
        consumer.take(first[1]).unwrap();
        // That of another producer may come at any time.
        let other = all(&mut producers[1]);
        assert_eq!(consumer.take(other[0]), Ok(()));
        for early in [first[0], first[1]] {
            let why = consumer.take(early).err();
            assert!(matches!(why, Some(Error::Protocol(_))), "{why:?}");
        }
        assert!(matches!(producers[2].message(), Err(Error::Protocol(_))));
        assert!(matches!(producers[0].alone(), Error::Protocol(_)));
        assert!(job.received([consumer]).is_err());
    }

    #[test]
    fn a_consumer_that_is_gone_without_a_cause_is_named() {
        let job = job(Spsc, 2);
        let producer = job.producers().next().unwrap();
        assert!(matches!(producer.alone(), Error::WorkerDied(_)));
    }

    #[test]
    fn all_parties_and_capacities_are_there_by_name() {
        for size in [Size::Quick, Size::Full] {
            let sizes = Channel::sizes(size);
            let usual = sizes.iter().filter(|size| size.is_usual());
            assert_eq!((sizes.len(), usual.count()), (12, 0));
        }
    }
}
