//! A rank of a job, seen from the process that has started it.

use super::{Event, lock};
use crate::wire::{Said, Told, message, receive, send};
use lanes_core::{Context, Error, caught};
use std::cell::Cell;
use std::io::{BufReader, Read};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

thread_local! {
    /// Whether this thread stands for a rank.
    static STANDS: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current thread stands for a rank of some job. A run that it
/// waits for would wait for that rank.
pub(crate) fn stands_for_a_rank() -> bool {
    STANDS.get()
}

/// The name of the thread that stands for a rank, under which it is known in
/// traces.
pub(super) fn name(rank: usize) -> String {
    format!("rank {rank}")
}

/// A rank, to which this process is connected.
pub(super) struct Member {
    pub(super) number: usize,
    pub(super) writer: Mutex<TcpStream>,
}

/// What the threads that stand for ranks share.
#[derive(Default)]
pub(super) struct Shared {
    /// The run that the ranks take part in.
    pub(super) running: Mutex<Option<Context>>,
    /// How many ranks wait for an answer of its probe.
    asking: AtomicUsize,
}

impl Member {
    /// # Errors
    /// Those of the connection.
    pub(super) fn tell(&self, what: &Told) -> Result<(), Error> {
        send(&mut *lock(&self.writer), what)
    }

    /// Ends the connection, also where its other end cannot be reached.
    pub(super) fn part(&self) {
        let _ = lock(&self.writer).shutdown(Shutdown::Both);
    }

    /// Hands on what the rank says, until its connection ends, and asks the
    /// probe of a run for it.
    pub(super) fn listen(
        &self,
        from: TcpStream,
        shared: &Shared,
        events: &Sender<Event>,
    ) {
        STANDS.set(true);
        let mut from = BufReader::new(from);
        let of = name(self.number);
        let ended = loop {
            let heard = match heard(&mut from) {
                Ok(Some((Said::Ask(question, task), _))) => {
                    let answer = shared.grain(task);
                    // A rank that has ended meanwhile is missed next.
                    let _ = self.tell(&Told::Answer(question, answer));
                    continue;
                }
                Ok(Some(heard)) => heard,
                Ok(None) => {
                    break Error::WorkerDied(format!("{of} has ended"));
                }
                Err(error @ Error::Protocol(_)) => break error,
                Err(error) => {
                    break Error::WorkerDied(format!("{of}: {error}"));
                }
            };
            // Nobody may wait for it any more.
            let _ = events.send(Event::Heard(self.number, heard));
        };
        let _ = events.send(Event::Lost(self.number, ended));
    }
}

impl Shared {
    /// Whether a task may work on another grain: the probe is asked here, on
    /// the thread that stands for its rank.
    fn grain(&self, task: usize) -> Result<(), Error> {
        let context = lock(&self.running).clone();
        let context = context.ok_or(Error::Cancelled)?;
        self.asking.fetch_add(1, Ordering::Relaxed);
        let answer = caught(|| context.grain(task));
        self.asking.fetch_sub(1, Ordering::Relaxed);
        answer
    }

    /// Whether a rank waits for the probe.
    pub(super) fn is_asking(&self) -> bool {
        self.asking.load(Ordering::Relaxed) > 0
    }
}

/// What a rank says, with its answer if there is one.
pub(super) type Heard = (Said, Option<Vec<u8>>);

/// What a rank says next; `None` at the end.
fn heard(from: &mut impl Read) -> Result<Option<Heard>, Error> {
    let Some(body) = receive(from)? else { return Ok(None) };
    let said: Said = message(&body)?;
    let has_answer = matches!(said, Said::Done { result: Ok(true), .. });
    let answer = if has_answer { receive(from)? } else { None };
    Ok(Some((said, answer)))
}
