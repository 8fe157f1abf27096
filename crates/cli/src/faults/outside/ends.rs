//! Runs that are to end, and workers that are killed or left alone.

use super::{Answered, Asked, HOURS, Not, SOON, in_time, within};
use lanes_conformance::bounds::{DEATH, STOP};
use lanes_core::Row;
use lanes_measure::failure::Cause;
use lanes_measure::process::Process;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// A cancel that is sent with the request ends it at once.
pub(super) fn cancel_before_start(asked: &Asked<'_>) -> Answered {
    let small = asked.rows().map(|row| row.with_items(33));
    each(asked, small, Duration::ZERO)
}

/// A cancel ends runs of each workload, and the worker goes on.
pub(super) fn cancel_midway(asked: &Asked<'_>) -> Answered {
    each(asked, asked.rows(), SOON)
}

fn each(
    asked: &Asked<'_>,
    rows: impl Iterator<Item = Box<dyn Row>>,
    after: Duration,
) -> Answered {
    let mut process = asked.cancellable()?;
    for row in rows {
        let Some(digest) = asked.prepare(&mut process, &*row)? else {
            continue;
        };
        process.ask(HOURS, false, true)?;
        thread::sleep(after);
        let begin = Instant::now();
        if !process.cancel()? {
            let what = "an answer of runs that take hours";
            return Err(within(&*row, &what));
        }
        in_time(begin, STOP).map_err(|late| named(late, &*row))?;
        // The same input is answered rightly afterwards.
        asked.again(&mut process, &*row, digest)?;
    }
    Ok(())
}

fn named(not: Not, row: &dyn Row) -> Not {
    match not {
        Not::Kept(what) => within(row, &what),
        other => other,
    }
}

/// A deadline that passes ends the run, and the worker goes on.
pub(super) fn deadline_cpu_bound(asked: &Asked<'_>) -> Answered {
    let mut process = asked.cancellable()?;
    asked.long(&mut process)?;
    process.within(SOON);
    let begin = Instant::now();
    let late = process.sample(HOURS, false, None);
    in_time(begin, SOON + STOP)?;
    match late {
        Err(late) if late.cause == Cause::Hung => {}
        Err(other) => return Err(other.into()),
        Ok(_) => {
            return Err(Not::Kept("an answer of runs that take hours".into()));
        }
    }
    // Its next reply is to this request only if it has ended the other.
    process.within(asked.limits.deadline);
    process.sample(1, false, None)?;
    Ok(())
}

/// A worker whose socket is closed while it runs ends with all that it has
/// started.
pub(super) fn drop_while_running(asked: &Asked<'_>) -> Answered {
    let mut process = asked.start(2)?;
    asked.long(&mut process)?;
    process.ask(HOURS, false, false)?;
    thread::sleep(SOON);
    gone(process, STOP)
}

/// The end of the socket is all that a worker sees of the death of the process
/// that has started it, also between two requests.
pub(super) fn parent_killed(asked: &Asked<'_>) -> Answered {
    let mut process = asked.start(2)?;
    asked.long(&mut process)?;
    gone(process, DEATH)
}

fn gone(process: Process, bound: Duration) -> Answered {
    match process.left_after(bound + super::SLACK) {
        0 => Ok(()),
        1 => Err(Not::Kept("1 process runs on".into())),
        left => Err(Not::Kept(format!("{left} processes run on"))),
    }
}

/// A worker of the pool, or the only process, is killed while it runs: an error
/// soon, and nothing hangs.
pub(super) fn worker_sigkill(asked: &Asked<'_>) -> Answered {
    if asked.model.described.nodes {
        let what = "another node does its work: --nodes asks that";
        return Err(Not::Asked(what.into()));
    }
    let (mut process, threads) = asked.greeted(2)?;
    asked.long(&mut process)?;
    let own = process.id();
    let mut computing = threads.into_iter().filter_map(process_of);
    let victim = computing.rfind(|id| *id != own).unwrap_or(own);
    process.ask(HOURS, false, false)?;
    thread::sleep(SOON);
    let begin = Instant::now();
    if let Some(pid) = Pid::from_raw(victim.cast_signed()) {
        kill_process(pid, Signal::KILL).map_err(io::Error::from)?;
    }
    let answer = process.refusal();
    in_time(begin, DEATH)?;
    match answer {
        Ok(Some(_)) if victim != own => Ok(()),
        Err(gone) if gone.cause == Cause::Died => Ok(()),
        Ok(_) => Err(Not::Kept("an answer of a worker that is dead".into())),
        Err(other) => Err(other.into()),
    }
}

/// The process that a thread belongs to.
fn process_of(thread: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Tgid:"))?;
    line.trim().parse().ok()
}
