//! A channel without a bound, between a fast task and a slow one.

use crate::process::peak_memory;
use crate::trap::{Seen, Trap, program};
use crate::work::compute;
use lanes_measure::traps::Kind;
use tokio::runtime::Builder;
use tokio::sync::mpsc;

pub(crate) const TRAP: Trap = Trap {
    name: "tokio-unbounded",
    library: "tokio",
    asks: "Who stops a producer that is faster than its consumer?",
    expects: "Nobody, in a channel without a bound: what waits takes memory.",
    measures: "the memory that 10,000 messages of 4 KiB take at most",
    kind: Kind::Memory,
    issues: &[(
        "https://github.com/tokio-rs/tokio/issues/4321",
        "memory goes up, as expected, while the receiver is slower",
    )],
    source: "crates/traps/src/tokio_unbounded.rs",
    text: include_str!("tokio_unbounded.rs"),
    timelines: false,
    without: program!(without, "sends into an unbounded channel"),
    remedies: &[program!(bounded, "sends into a channel of 64 messages")],
};

const MESSAGES: u64 = 10_000;

fn message() -> Vec<u8> {
    vec![1; 4096]
}

/// What the consumer does with a message, slowly. One of each is counted.
fn consume(message: Vec<u8>) -> u64 {
    compute(10);
    u64::from(message[4095])
}

/// Counts messages, and the memory that they took meanwhile.
fn seen(count: impl Future<Output = u64> + Send + 'static) -> Seen {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).build().expect("two workers");
    let before = peak_memory();
    let counted = runtime.block_on(runtime.spawn(count)).unwrap();
    Seen::new(counted == MESSAGES, (peak_memory() - before) as f64)
}

fn without() -> Seen {
    seen(async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let producer = tokio::spawn(async move {
            for _ in 0..MESSAGES {
                sender.send(message()).unwrap();
            }
        });
        let mut count = 0;
        while let Some(message) = receiver.recv().await {
            count += consume(message);
        }
        producer.await.unwrap();
        count
    })
}

fn bounded() -> Seen {
    seen(async {
        let (sender, mut receiver) = mpsc::channel(64);
        let producer = tokio::spawn(async move {
            for _ in 0..MESSAGES {
                sender.send(message()).await.unwrap();
            }
        });
        let mut count = 0;
        while let Some(message) = receiver.recv().await {
            count += consume(message);
        }
        producer.await.unwrap();
        count
    })
}
