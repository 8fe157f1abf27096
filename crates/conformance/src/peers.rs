//! What is asked of `fetch` against servers that behave badly, and against many
//! clients at once.

use crate::bounds::{STOP, in_time};
use crate::cell;
use crate::outcome::{Answered, Failure, Outcome, not_applicable};
use crate::servers::Bad;
use lanes_core::workload::Fetch;
use lanes_core::{
    Config, Context, Entry, Error, Fit, Job, Started, Watch, Workload,
};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

/// How long after its start a run is stopped.
const SOON: Duration = Duration::from_millis(30);

fn no_fetch() -> Answered {
    not_applicable("it has no cell for fetch")
}

fn fetch(server: Option<SocketAddr>) -> Fetch {
    let delay = Duration::from_secs(3600);
    Fetch { requests: 8, delay, count: 16, in_flight: 4, server }
}

/// The error of a run whose requests are never answered, or not well; and how
/// long after `since` it may come.
fn fails(
    entry: &Entry,
    fetch: &Fetch,
    context: &Context,
    since: Option<Instant>,
    fits: impl Fn(&Error) -> bool,
) -> Answered {
    let model = entry.start(&Config::new(2)?)?;
    let job = Job::new(fetch, 7)?.under(context);
    let begin = Instant::now();
    let result = model.run(&job);
    in_time(since.unwrap_or(begin).max(begin), STOP)?;
    match result {
        Err(error) if fits(&error) => Ok(Outcome::Passed),
        Err(error) => Err(Failure::new(format!("{error:?} is not the cause"))),
        Ok(answer) => Err(Failure::new(format!("an answer: {answer:?}"))),
    }
}

/// A run that ends with its deadline, whatever the server does.
fn times_out(entry: &Entry, server: &Bad, deadline: Duration) -> Answered {
    let watch = Watch { deadline: Some(deadline), ..Watch::default() };
    let context = Context::watching(watch)?;
    let due = Some(Instant::now() + deadline);
    let fetch = fetch(Some(server.address()));
    fails(entry, &fetch, &context, due, |error| *error == Error::Timeout)
}

/// A cancel ends waits that would last an hour.
pub(crate) fn cancel_while_waiting(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    let context = Context::new();
    let canceller = context.clone();
    let thread = thread::spawn(move || {
        thread::sleep(SOON);
        canceller.cancel();
    });
    let due = Some(Instant::now() + SOON);
    let fetch = fetch(None);
    let cancelled = |error: &Error| *error == Error::Cancelled;
    let outcome = fails(entry, &fetch, &context, due, cancelled);
    thread.join().map_err(|_| Failure::new("the canceller panicked"))?;
    outcome
}

/// A deadline ends waits for a server that takes clients and never answers.
pub(crate) fn deadline_io_bound(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    times_out(entry, &Bad::silent()?, SOON)
}

/// A deadline ends connects to a server whose queue of clients is full.
pub(crate) fn full_backlog(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    times_out(entry, &Bad::full()?, Duration::from_millis(100))
}

/// A server that is not there is an error of the task.
pub(crate) fn server_refuses(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    let server = Bad::absent()?;
    let fetch = fetch(Some(server.address()));
    fails(
        entry,
        &fetch,
        &Context::new(),
        None,
        |error| matches!(error, Error::Task(why) if why.contains("refused")),
    )
}

/// A connection that was cut: an error of the protocol, or of the task where it
/// was reset.
fn is_cut(error: &Error) -> bool {
    matches!(error, Error::Protocol(_) | Error::Task(_))
}

/// A server that hangs up before it has read a request.
pub(crate) fn early_close(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    let server = Bad::early()?;
    let fetch = fetch(Some(server.address()));
    fails(entry, &fetch, &Context::new(), None, is_cut)
}

/// A server that resets the connection in the middle of a reply.
pub(crate) fn peer_reset(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    let server = Bad::resetting()?;
    let fetch = fetch(Some(server.address()));
    fails(entry, &fetch, &Context::new(), None, is_cut)
}

/// A server that sends a byte now and then, so that no single wait is long.
pub(crate) fn slow_drip(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    times_out(entry, &Bad::dripping()?, Duration::from_millis(100))
}

/// A thousand requests at once, and none fails.
pub(crate) fn connect_storm(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    let model = entry.start(&Config::new(2)?)?;
    let fit = model.cell(Fetch::NAME).map(|cell| cell.fit);
    // One after the other is no storm.
    let unsuitable = matches!(fit, Some(Fit::Unsuitable(_)));
    let delay = Duration::from_millis(if unsuitable { 0 } else { 50 });
    let requests = 1000;
    let storm = Fetch { requests, delay, in_flight: requests, ..fetch(None) };
    let job = Job::new(&storm, 7)?;
    if model.run(&job)? != Fetch::reference(&job) {
        return Err(Failure::new("a wrong answer in the storm"));
    }
    Ok(Outcome::Passed)
}

/// No more connections than requests may be in flight, kept from one request
/// to the next, however many workers there are.
pub(crate) fn connections_are_kept(entry: &Entry) -> Answered {
    if !entry.has(Fetch::NAME) {
        return no_fetch();
    }
    let start =
        |config: &Config| -> Result<Started, Error> { entry.start(config) };
    cell::connections_are_kept(&start)?;
    Ok(Outcome::Passed)
}
