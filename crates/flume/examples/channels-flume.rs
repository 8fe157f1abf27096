//! `channel` in flume beside the loop that the library is benchmarked by: a
//! thread for each producer and consumer, and a fixed count for each of them.
//!
//! `cargo run --release -p lanes-flume --example channels-flume [SIZE...]`

use lanes_core::Started;
use lanes_core::workload::Channel;
use lanes_flume::Flume;
use lanes_measure::beside::{Form, program};
use std::hint::black_box;
use std::process::ExitCode;
use std::thread;

fn main() -> ExitCode {
    program(&[Form { start: Started::start::<Flume>, bare }])
}

fn bare(size: &Channel) -> Option<usize> {
    let Channel { parties, capacity, messages, .. } = size;
    let (producers, consumers) = (parties.producers(), parties.consumers());
    let (to, from) = match *capacity {
        Some(places) => flume::bounded(places),
        None => flume::unbounded(),
    };
    thread::scope(|scope| {
        for _ in 0..producers {
            scope.spawn(|| {
                for number in 0..messages / producers {
                    to.send(number).unwrap();
                }
            });
        }
        for _ in 0..consumers {
            scope.spawn(|| {
                for _ in 0..messages / consumers {
                    black_box(from.recv().unwrap());
                }
            });
        }
    });
    Some(messages / consumers * consumers)
}
