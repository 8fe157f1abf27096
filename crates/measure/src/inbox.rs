//! The requests that a worker gets, read by a thread of their own, so that a
//! request to cancel is seen while another one is being answered.

use crate::protocol::{self, Request};
use lanes_core::Context;
use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// The requests in their order.
pub(crate) struct Inbox {
    requests: Receiver<io::Result<Request>>,
    cancel: Cancel,
}

impl Inbox {
    /// Starts the thread that reads, until the stream ends.
    ///
    /// # Errors
    /// If the system refuses it.
    pub(crate) fn start(stream: UnixStream) -> io::Result<Self> {
        let (to, requests) = mpsc::channel();
        let cancel = Cancel::default();
        let reader = thread::Builder::new().name("requests".into());
        let own = cancel.clone();
        reader.spawn(move || read(BufReader::new(stream), &to, &own)).map_err(
            |error| {
                let what = format!("a thread for requests: {error}");
                io::Error::new(error.kind(), what)
            },
        )?;
        Ok(Self { requests, cancel })
    }

    /// The next request, and what tells that it is to end; `None` at the end of
    /// the stream.
    ///
    /// # Errors
    /// Those of [`protocol::read`].
    pub(crate) fn next(&self) -> io::Result<Option<(Request, Cancel)>> {
        let Ok(request) = self.requests.recv() else { return Ok(None) };
        let mut state = self.cancel.lock();
        state.answered += 1;
        state.context = None;
        drop(state);
        Ok(Some((request?, self.cancel.clone())))
    }
}

fn read(
    mut stream: BufReader<UnixStream>,
    to: &Sender<io::Result<Request>>,
    cancel: &Cancel,
) {
    loop {
        let request = protocol::read(&mut stream);
        let ends = match &request {
            // Nobody waits for the reply any more.
            Ok(None) | Err(_) => true,
            Ok(Some(request)) => *request == Request::Cancel,
        };
        cancel.received(ends);
        let sent = match request {
            Ok(Some(request)) => to.send(Ok(request)),
            Ok(None) => return,
            Err(error) => to.send(Err(error)),
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Tells the request that is being answered that it is to end. It cannot hit
/// another one: each counts from when it was received.
#[derive(Clone, Default)]
pub(crate) struct Cancel(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// How many requests were received.
    received: u64,
    /// All of those before this one are to end.
    ended: u64,
    /// Which one is being answered.
    answered: u64,
    /// What its runs are under.
    context: Option<Context>,
}

impl Cancel {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request, which may end those before it.
    fn received(&self, ends: bool) {
        let mut state = self.lock();
        state.received += 1;
        if !ends {
            return;
        }
        state.ended = state.received;
        if state.answered < state.ended
            && let Some(context) = &state.context
        {
            context.cancel();
        }
    }

    /// Cancels this context once the request that is being answered is to end;
    /// at once if it is already.
    pub(crate) fn watch(&self, context: &Context) {
        let mut state = self.lock();
        if state.answered < state.ended {
            context.cancel();
        }
        state.context = Some(context.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lanes_core::Error;
    use std::io::Write;
    use std::time::{Duration, Instant};

    fn send(stream: &mut UnixStream, lines: &[&str]) {
        for line in lines {
            writeln!(stream, "{line}").unwrap();
        }
    }

    const TRACE: &str = r#"{"do":"trace","origin":0}"#;
    const CANCEL: &str = r#"{"do":"cancel"}"#;

    /// Takes the next request, and waits for the end of its context if it is to
    /// end.
    fn cause(inbox: &Inbox, ends: bool) -> Option<Error> {
        let (_, cancel) = inbox.next().unwrap().unwrap();
        let context = Context::new();
        cancel.watch(&context);
        let begin = Instant::now();
        while ends && context.cause().is_none() {
            assert!(begin.elapsed() < Duration::from_secs(20));
            thread::sleep(Duration::from_millis(1));
        }
        context.cause()
    }

    #[test]
    fn a_cancel_ends_the_request_before_it_and_no_other() {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let inbox = Inbox::start(theirs).unwrap();
        for _ in 0..50 {
            send(&mut ours, &[TRACE, CANCEL, TRACE]);
            assert_eq!(cause(&inbox, true), Some(Error::Cancelled));
            let (request, _) = inbox.next().unwrap().unwrap();
            assert_eq!(request, Request::Cancel);
            assert_eq!(cause(&inbox, false), None);
            // That one is being answered still.
            send(&mut ours, &[CANCEL]);
            let (request, cancel) = inbox.next().unwrap().unwrap();
            assert_eq!(request, Request::Cancel);
            let context = Context::new();
            cancel.watch(&context);
            assert_eq!(context.cause(), None);
        }
    }

    #[test]
    fn the_end_of_the_stream_ends_what_is_being_answered() {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let inbox = Inbox::start(theirs).unwrap();
        send(&mut ours, &[TRACE]);
        drop(ours);
        assert_eq!(cause(&inbox, true), Some(Error::Cancelled));
        assert!(inbox.next().unwrap().is_none());
    }
}
