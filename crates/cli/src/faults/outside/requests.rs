//! Waits for servers that behave badly, and for many at once.

use super::{Answered, Asked, Not, SEED, SOON, in_time, size, within};
use lanes_conformance::bounds::STOP;
use lanes_conformance::servers::Bad;
use lanes_core::Workload;
use lanes_core::workload::Fetch;
use lanes_measure::failure::Cause;
use lanes_measure::protocol::Kind;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

fn fetch(server: Option<SocketAddr>) -> Fetch {
    let delay = Duration::from_secs(3600);
    Fetch { requests: 8, delay, count: 16, in_flight: 4, server }
}

/// A cancel ends waits that would last an hour, and the worker goes on.
pub(super) fn cancel_while_waiting(asked: &Asked<'_>) -> Answered {
    ended_after(asked, &fetch(None), SOON)
}

/// A deadline ends waits for a server that never answers.
pub(super) fn deadline_io_bound(asked: &Asked<'_>) -> Answered {
    ended_by_deadline(asked, &Bad::silent()?)
}

/// A deadline ends connects to a server whose queue of clients is full.
pub(super) fn full_backlog(asked: &Asked<'_>) -> Answered {
    ended_by_deadline(asked, &Bad::full()?)
}

/// A deadline ends a reply that comes byte by byte.
pub(super) fn slow_drip(asked: &Asked<'_>) -> Answered {
    ended_by_deadline(asked, &Bad::dripping()?)
}

/// A server that is not there is an error of the task.
pub(super) fn server_refuses(asked: &Asked<'_>) -> Answered {
    fails(asked, &Bad::absent()?)
}

/// A server that hangs up early is an error at once.
pub(super) fn early_close(asked: &Asked<'_>) -> Answered {
    fails(asked, &Bad::early()?)
}

/// A server that resets the connection in a reply is an error at once.
pub(super) fn peer_reset(asked: &Asked<'_>) -> Answered {
    fails(asked, &Bad::resetting()?)
}

/// Of a thousand requests at once none fails.
pub(super) fn connect_storm(asked: &Asked<'_>) -> Answered {
    asked.needs(Fetch::NAME)?;
    let mut process = asked.start(2)?;
    // One after the other is no storm, and must not take long.
    let delay =
        Duration::from_millis(if asked.model.serial() { 0 } else { 50 });
    let requests = 1000;
    let storm = Fetch { requests, delay, in_flight: requests, ..fetch(None) };
    if asked.prepare(&mut process, &storm)?.is_some() {
        return Ok(());
    }
    Err(Not::Asked("it refuses a thousand requests".into()))
}

/// The requests are cancelled so long after they were sent.
fn ended_after(asked: &Asked<'_>, fetch: &Fetch, after: Duration) -> Answered {
    asked.needs(Fetch::NAME)?;
    let mut process = asked.cancellable()?;
    process.prepare(Fetch::NAME, &size(fetch), SEED)?;
    thread::sleep(after);
    let begin = Instant::now();
    if !process.cancel()? {
        return Err(Not::Kept("an answer that no server has given".into()));
    }
    in_time(begin, STOP)?;
    let delay = Duration::ZERO;
    let small = Fetch { delay, server: None, ..fetch.clone() };
    asked.prepare(&mut process, &small).map(drop)
}

/// The same, by the deadline of the process that measures.
fn ended_by_deadline(asked: &Asked<'_>, server: &Bad) -> Answered {
    asked.needs(Fetch::NAME)?;
    let mut process = asked.cancellable()?;
    let deadline = Duration::from_millis(100);
    process.within(deadline);
    let fetch = fetch(Some(server.address()));
    process.prepare(Fetch::NAME, &size(&fetch), SEED)?;
    let begin = Instant::now();
    let late = process.prepared(0);
    in_time(begin, deadline + STOP)?;
    match late {
        Err(late) if late.cause == Cause::Hung => {}
        Err(other) => return Err(other.into()),
        Ok(()) => return Err(Not::Kept("an answer of no server".into())),
    }
    // Its next reply is to this request only if it has ended the other.
    process.within(asked.limits.deadline);
    let (delay, server) = (Duration::ZERO, None);
    let small = Fetch { delay, server, ..fetch };
    asked.prepare(&mut process, &small).map(drop)
}

/// The requests fail at once, and the worker goes on.
fn fails(asked: &Asked<'_>, server: &Bad) -> Answered {
    asked.needs(Fetch::NAME)?;
    let mut process = asked.start(2)?;
    let fetch = fetch(Some(server.address()));
    process.prepare(Fetch::NAME, &size(&fetch), SEED)?;
    let begin = Instant::now();
    let refusal = process.refusal()?;
    in_time(begin, STOP)?;
    match refusal {
        Some(refusal) if refusal.kind == Kind::Failed => {}
        Some(refusal) if refusal.kind == Kind::Unsupported => {
            return Err(Not::Asked(refusal.message));
        }
        Some(other) => {
            let what = format!("{:?}: {}", other.kind, other.message);
            return Err(within(&fetch, &what));
        }
        None => return Err(Not::Kept("an answer of no server".into())),
    }
    let (delay, server) = (Duration::ZERO, None);
    let small = Fetch { delay, server, ..fetch };
    asked.prepare(&mut process, &small).map(drop)
}
