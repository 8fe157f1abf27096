//! A thread for each producer and consumer, and a fixed count for each of them.

use crossbeam::channel;
use lanes_core::workload::Channel;
use std::hint::black_box;
use std::sync::mpsc;
use std::thread;

/// `None` for many consumers: the channel has one receiving end.
pub(crate) fn std(size: &Channel) -> Option<usize> {
    if size.parties.consumers() > 1 {
        return None;
    }
    match size.capacity {
        Some(places) => {
            let (to, from) = mpsc::sync_channel(places);
            let send = move |number| to.send(number).unwrap();
            Some(one_receives(size, send, from))
        }
        None => {
            let (to, from) = mpsc::channel();
            let send = move |number| to.send(number).unwrap();
            Some(one_receives(size, send, from))
        }
    }
}

fn one_receives(
    size: &Channel,
    send: impl Fn(usize) + Clone + Send,
    from: mpsc::Receiver<usize>,
) -> usize {
    let (producers, messages) = (size.parties.producers(), size.messages);
    thread::scope(|scope| {
        for _ in 0..producers {
            let send = send.clone();
            scope.spawn(move || (0..messages / producers).for_each(send));
        }
        scope.spawn(move || {
            for _ in 0..messages {
                black_box(from.recv().unwrap());
            }
        });
    });
    messages
}

pub(crate) fn crossbeam(size: &Channel) -> Option<usize> {
    let Channel { parties, capacity, messages, .. } = size;
    let (producers, consumers) = (parties.producers(), parties.consumers());
    let (to, from) = match *capacity {
        Some(places) => channel::bounded(places),
        None => channel::unbounded(),
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
