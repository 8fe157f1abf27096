//! Queues and maps that tasks share.

use crate::claim::{By, Claim, Group};
use crate::lab::{Lab, model};
use crate::rows::{WORKERS, sampled};
use crate::timed::{middle, took};
use lanes_core::kernel::churn;
use lanes_core::workload::{Dictionary, Pipeline, Sharing};
use lanes_core::{Error, Job, Workload};
use lanes_measure::statistics::Bound;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;

/// To wake a thread is a system call that interrupts another core: a
/// microsecond or more. A message that finds another one before it is an atomic
/// exchange or two: some tens of nanoseconds.
const WAKE: Bound = Bound::at_least(5.0);

/// Under one lock two workers take turns, and hand over its cache line. Of
/// sixteen locks two of them want the same one in one of sixteen steps, so that
/// the best possible is nearly 2.
const SHARDED: Bound = Bound::at_least(1.2);

const WAITING: &str = "most messages that wait / all";
const ON_THEIR_WAY: &str = "most items on their way / places and stages";
const ONE_LOCK: &str = "time under one lock / under sixteen";
const SEND: &str = "a message to who sleeps / to who has some left";

pub(crate) const CLAIMS: &[Claim] = &[
    Claim {
        group: Group::Sharing,
        name: "a message costs a wake-up where the other side sleeps",
        ratio: SEND,
        bound: WAKE,
        by: &[By::rust("threads", of_threads), By::rust("tokio", of_tokio)],
    },
    Claim {
        group: Group::Sharing,
        name: "queues with bounds bound what is on its way",
        ratio: ON_THEIR_WAY,
        bound: Bound::at_most(1.0),
        by: &[
            By::rust("threads", || on_their_way("threads")),
            By::rust("tokio", || on_their_way("tokio")),
            By::rust("smol", || on_their_way("smol")),
        ],
    },
    Claim {
        group: Group::Sharing,
        name: "in a queue without a bound waits what is not yet consumed",
        ratio: WAITING,
        bound: Bound::at_least(0.9),
        by: &[
            By::rust("threads", waiting_in_threads),
            By::rust("tokio", waiting_in_tokio),
        ],
    },
    Claim {
        group: Group::Sharing,
        name: "a map in sixteen parts beats one under one lock",
        ratio: ONE_LOCK,
        bound: SHARDED,
        by: &[
            By::models("threads", |lab| one_lock(lab, "threads")),
            By::models("rayon", |lab| one_lock(lab, "rayon")),
            By::models("tokio", |lab| one_lock(lab, "tokio")),
        ],
    },
];

/// How many messages are timed.
const SENT: usize = 60;
/// How many are sent while the receiver has others left.
const LEFT: usize = 2_000;
/// How long a receiver is left alone, so that it sleeps: no queue spins longer.
const ALONE: Duration = Duration::from_micros(500);

/// The median time of a message that is sent to a receiver which sleeps, over
/// that of one which is sent to a receiver that has others left.
///
/// `send` sends one, and `busy` has a message once the receiver has taken
/// [`BUSY`].
fn to_sleeper(send: impl Fn(u64), busy: &Receiver<()>) -> f64 {
    let one = |_| {
        thread::sleep(ALONE);
        took(|| send(0))
    };
    let mut asleep: Vec<f64> = (0..SENT).map(one).collect();
    send(BUSY);
    busy.recv().ok();
    let many = took(|| (0..LEFT).for_each(|_| send(0)));
    middle(&mut asleep) / (many / LEFT as f64)
}

/// Tells a receiver of messages to be busy until all of them are there.
const BUSY: u64 = 1;

fn of_threads() -> Result<f64, Error> {
    let (sender, receiver) = mpsc::channel();
    let (begun, busy) = mpsc::channel();
    let (over, end) = mpsc::channel::<()>();
    let receive = move || {
        for message in receiver {
            if message == BUSY {
                begun.send(()).ok();
                end.recv().ok();
            }
        }
    };
    let thread = thread::Builder::new().spawn(receive)?;
    let send = |message| {
        sender.send(message).ok();
    };
    let ratio = to_sleeper(send, &busy);
    drop((sender, over));
    thread.join().ok();
    Ok(ratio)
}

fn of_tokio() -> Result<f64, Error> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).build()?;
    let (sender, mut receiver) = unbounded_channel();
    let (begun, busy) = mpsc::channel();
    let (over, end) = mpsc::channel::<()>();
    let task = runtime.spawn(async move {
        while let Some(message) = receiver.recv().await {
            if message == BUSY {
                begun.send(()).ok();
                // It computes, say: nothing else is on this worker.
                end.recv().ok();
            }
        }
    });
    let send = |message| {
        sender.send(message).ok();
    };
    let ratio = to_sleeper(send, &busy);
    drop((sender, over));
    runtime.block_on(task).ok();
    Ok(ratio)
}

/// The most items that were on their way at once in a pipeline, over those that
/// its queues and stages have places for.
fn on_their_way(name: &str) -> Result<f64, Error> {
    let size = Pipeline { stages: 4, places: 16, items: 2_000, rounds: 64 };
    let job = Job::new(&size, 7)?;
    let flowed = model(name, WORKERS)?.run(&job)?;
    if flowed != Pipeline::reference(&job) {
        return Err(Error::Task("a wrong answer".into()));
    }
    Ok(flowed.in_flight as f64 / job.bound() as f64)
}

/// How many messages a producer sends as fast as it can.
const PRODUCED: usize = 2_000;

/// What a consumer does with each: some tens of microseconds, hundreds of times
/// as long as to send one.
fn consume(message: u64) {
    black_box(churn(black_box(message), 20_000));
}

/// The share of messages that had not been consumed when the last was sent.
fn share(consumed: usize) -> f64 {
    PRODUCED.saturating_sub(consumed) as f64 / PRODUCED as f64
}

fn waiting_in_threads() -> Result<f64, Error> {
    let (sender, receiver) = mpsc::channel();
    let count = &AtomicUsize::new(0);
    thread::scope(|scope| {
        let receive = move || {
            for message in receiver {
                consume(message);
                count.fetch_add(1, Ordering::Relaxed);
            }
        };
        thread::Builder::new().spawn_scoped(scope, receive)?;
        for message in 0..PRODUCED as u64 {
            sender.send(message).ok();
        }
        drop(sender);
        Ok(share(count.load(Ordering::Relaxed)))
    })
}

fn waiting_in_tokio() -> Result<f64, Error> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(WORKERS).build()?;
    let (sender, mut receiver) = unbounded_channel();
    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&count);
    let consumer = runtime.spawn(async move {
        while let Some(message) = receiver.recv().await {
            consume(message);
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let producer = runtime.spawn(async move {
        for message in 0..PRODUCED as u64 {
            sender.send(message).ok();
        }
        share(count.load(Ordering::Relaxed))
    });
    runtime.block_on(async {
        let share =
            producer.await.map_err(|error| Error::Panicked(error.to_string()));
        consumer.await.ok();
        share
    })
}

/// How many times the time of a map in sixteen parts one under one lock takes.
fn one_lock(lab: &Lab<'_>, model: &str) -> Result<f64, String> {
    let time = |form| {
        let (tasks, steps, keys, grain) = (8, 20_000, 1_024, 256);
        let row = Dictionary { tasks, steps, keys, form, grain };
        // Some runs: the system may leave workers on one core at first.
        Ok::<_, String>(sampled(lab, model, &row, 8)?.wall_ns as f64)
    };
    Ok(time(Sharing::Lock)? / time(Sharing::Sharded)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_to_a_sleeper_takes_its_time() {
        for of in [of_threads, of_tokio] {
            assert!(of().unwrap() > 0.0);
        }
    }

    #[test]
    fn what_is_on_its_way_is_bounded_or_is_not() {
        for model in ["threads", "tokio", "smol"] {
            let share = on_their_way(model).unwrap();
            assert!(share > 0.0 && share <= 1.0, "{share}");
        }
        for waiting in [waiting_in_threads, waiting_in_tokio] {
            let share = waiting().unwrap();
            assert!((0.0..=1.0).contains(&share), "{share}");
        }
        assert_eq!((share(0), share(PRODUCED)), (1.0, 0.0));
    }
}
