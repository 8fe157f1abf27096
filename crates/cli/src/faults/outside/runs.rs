//! Right answers, real workers, and nothing left behind.

use super::{Answered, Asked, Not, failed, within};
use lanes_core::Row;
use lanes_measure::process::Process;
use lanes_measure::protocol::{Kind, Request};
use std::fs;

/// Small inputs of odd sizes, with 1, 2, 3 and 8 workers.
pub(super) fn matches_reference(asked: &Asked<'_>) -> Answered {
    for workers in [1, 2, 3, 8] {
        let items = [2, 7, 33];
        sizes(asked, workers, &items)?;
    }
    Ok(())
}

/// The sizes of a quick session.
pub(super) fn full_size(asked: &Asked<'_>) -> Answered {
    let mut process = asked.start(2)?;
    for row in asked.rows() {
        right(asked, &mut process, &*row)?;
    }
    Ok(())
}

/// No item, and one.
pub(super) fn empty_and_one(asked: &Asked<'_>) -> Answered {
    sizes(asked, 2, &[0, 1])
}

/// One item fewer than workers, as many, and one more.
pub(super) fn more_workers_than_items(asked: &Asked<'_>) -> Answered {
    sizes(asked, 4, &[3, 4, 5])
}

fn sizes(asked: &Asked<'_>, workers: usize, items: &[usize]) -> Answered {
    let mut process = asked.start(workers)?;
    for row in asked.rows() {
        for items in items {
            right(asked, &mut process, &*row.with_items(*items))?;
        }
    }
    Ok(())
}

/// Two answers of a row, that of the first run and that of a later one.
fn right(asked: &Asked<'_>, process: &mut Process, row: &dyn Row) -> Answered {
    match asked.prepare(process, row)? {
        Some(digest) => asked.again(process, row, digest),
        None => Ok(()),
    }
}

/// No worker, and more than any machine runs, are refused.
pub(super) fn zero_workers(asked: &Asked<'_>) -> Answered {
    for workers in [0, 1 << 40] {
        // A worker that has answered once goes on.
        let mut process = asked.start(1)?;
        process.send(&Request::hello(&asked.model.model, workers))?;
        match process.refusal()? {
            Some(refusal) if is_refusal(refusal.kind) => {}
            Some(other) => {
                return Err(Not::Kept(format!(
                    "{workers} workers: {:?} {}",
                    other.kind, other.message
                )));
            }
            None => {
                return Err(Not::Kept(format!("it takes {workers} workers")));
            }
        }
    }
    Ok(())
}

fn is_refusal(kind: Kind) -> bool {
    matches!(kind, Kind::Invalid | Kind::Resource | Kind::Unsupported)
}

/// As many workers as were asked for, each a thread that is there.
pub(super) fn workers_are_real(asked: &Asked<'_>) -> Answered {
    // The greeting is attested.
    [1, 2, 3, 8].into_iter().try_for_each(|n| asked.start(n).map(drop))
}

/// A hundred runs of each workload, with threads and descriptors back where
/// they were.
pub(super) fn hundred_runs(asked: &Asked<'_>) -> Answered {
    let mut process = asked.start(2)?;
    for row in asked.rows() {
        let row = row.with_items(5);
        if asked.prepare(&mut process, &*row)?.is_none() {
            continue;
        }
        // What a library starts once and keeps is there after some.
        process.sample(10, false, None).map_err(|no| failed(&*row, no))?;
        let before = held(process.id());
        process.sample(100, false, None).map_err(|no| failed(&*row, no))?;
        let after = held(process.id());
        // Threads of a run that has ended may end a moment later.
        if after > before + 2 {
            let what =
                format!("{before} threads and descriptors, then {after}");
            return Err(within(&*row, &what));
        }
    }
    Ok(())
}

/// The threads and the descriptors of a process.
fn held(process: u32) -> usize {
    let entries = |of: &str| {
        fs::read_dir(format!("/proc/{process}/{of}")).map_or(0, Iterator::count)
    };
    entries("task") + entries("fd")
}
