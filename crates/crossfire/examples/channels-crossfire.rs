//! `channel` in crossfire beside the loop that the library is benchmarked by: a
//! thread for each producer and consumer, which receives until all have sent.
//!
//! `cargo run --release -p lanes-crossfire --example channels-crossfire
//! [SIZE...]`

use crossfire::{BlockingRxTrait, BlockingTxTrait, mpmc, mpsc, spsc};
use lanes_core::Started;
use lanes_core::workload::{Channel, Parties};
use lanes_crossfire::Crossfire;
use lanes_measure::beside::{Form, program};
use std::hint::black_box;
use std::iter;
use std::process::ExitCode;
use std::thread;

fn main() -> ExitCode {
    program(&[Form { start: Started::start::<Crossfire>, bare }])
}

fn bare(size: &Channel) -> Option<usize> {
    let Channel { parties, capacity, messages, .. } = *size;
    let (producers, consumers) = (parties.producers(), parties.consumers());
    let each = messages / producers;
    Some(match (parties, capacity) {
        (_, Some(0)) => return None,
        (Parties::Spsc, Some(places)) => {
            let (to, from) = spsc::bounded_blocking(places);
            between(each, iter::once(to), iter::once(from))
        }
        (Parties::Spsc, None) => {
            let (to, from) = spsc::unbounded_blocking();
            between(each, iter::once(to), iter::once(from))
        }
        (Parties::Mpsc, Some(places)) => {
            let (to, from) = mpsc::bounded_blocking(places);
            between(each, iter::repeat_n(to, producers), iter::once(from))
        }
        (Parties::Mpsc, None) => {
            let (to, from) = mpsc::unbounded_blocking();
            between(each, iter::repeat_n(to, producers), iter::once(from))
        }
        (Parties::Mpmc, Some(places)) => {
            let (to, from) = mpmc::bounded_blocking(places);
            let from = iter::repeat_n(from, consumers);
            between(each, iter::repeat_n(to, producers), from)
        }
        (Parties::Mpmc, None) => {
            let (to, from) = mpmc::unbounded_blocking();
            let from = iter::repeat_n(from, consumers);
            between(each, iter::repeat_n(to, producers), from)
        }
    })
}

fn between(
    each: usize,
    to: impl Iterator<Item: BlockingTxTrait<usize> + Send>,
    from: impl Iterator<Item: BlockingRxTrait<usize> + Send>,
) -> usize {
    thread::scope(|scope| {
        for to in to {
            scope.spawn(move || {
                for number in 0..each {
                    to.send(number).unwrap();
                }
            });
        }
        let receive = |from| scope.spawn(move || received(from));
        let threads: Vec<_> = from.map(receive).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

fn received(from: impl BlockingRxTrait<usize>) -> usize {
    let mut count = 0;
    while let Ok(number) = from.recv() {
        black_box(number);
        count += 1;
    }
    count
}
