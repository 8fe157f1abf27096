//! Sizes that cannot be, and limits that are taken away.

use super::{Answered, Asked, Not, SEED, within};
use lanes_core::workload::{Fetch, Spawn, Starting};
use lanes_core::{Row, Workload};
use lanes_measure::process::Process;
use lanes_measure::protocol::Kind;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::fs;
use std::io;
use std::time::Duration;

/// More memory than a size that is refused needs.
const MOST: u64 = 1 << 30;

/// Sizes that cannot be are refused before anything is allocated.
pub(super) fn oversize_input(asked: &Asked<'_>) -> Answered {
    let mut process = asked.start(2)?;
    for row in asked.rows() {
        for items in [1 << 44, usize::MAX / 8] {
            let row = row.with_items(items);
            if row.items() < items {
                // It has a largest size, which is always possible.
                continue;
            }
            process.prepare(row.workload(), &row.size(), SEED)?;
            match process.refusal()? {
                Some(refusal) if refusal.kind != Kind::Failed => {}
                Some(refusal) => return Err(within(&*row, &refusal.message)),
                None => return Err(within(&*row, &"an answer")),
            }
            let used = memory(process.id());
            if used > MOST {
                let what = format!("{} MiB were in use", used >> 20);
                return Err(within(&*row, &what));
            }
        }
    }
    Ok(())
}

/// The most memory that a process has had resident, in bytes.
fn memory(process: u32) -> u64 {
    number(process, "VmHWM:") * 1024
}

fn number(process: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let first = line.and_then(|line| line.split_whitespace().next());
    first.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn spawn(tasks: usize) -> Spawn {
    Spawn { tasks, form: Starting::Each }
}

/// Where the system refuses memory for threads: right, or that error.
pub(super) fn thread_limit(asked: &Asked<'_>) -> Answered {
    asked.needs(Spawn::NAME)?;
    let mut process = asked.start(2)?;
    // A stack of a thread takes 8 MiB of addresses.
    let most = number(process.id(), "VmSize:") * 1024 + (24 << 20);
    limit(&process, Resource::As, Some(most))?;
    refused_or_right(&mut process, &spawn(500))?;
    limit(&process, Resource::As, None)?;
    asked.prepare(&mut process, &spawn(5)).map(drop)
}

/// Where descriptors are used up: right, or that error.
pub(super) fn fd_limit(asked: &Asked<'_>) -> Answered {
    asked.needs(Fetch::NAME)?;
    let mut process = asked.start(2)?;
    let open = fs::read_dir(format!("/proc/{}/fd", process.id()));
    let most = open?.count() as u64 + 3;
    limit(&process, Resource::Nofile, Some(most))?;
    let delay = Duration::from_millis(20);
    let (requests, count, in_flight, server) = (64, 16, 64, None);
    let fetch = Fetch { requests, delay, count, in_flight, server };
    refused_or_right(&mut process, &fetch)?;
    limit(&process, Resource::Nofile, None)?;
    asked.prepare(&mut process, &fetch).map(drop)
}

fn refused_or_right(process: &mut Process, row: &dyn Row) -> Answered {
    process.prepare(row.workload(), &row.size(), SEED)?;
    match process.refusal()? {
        // What was answered is compared below, once there is no limit.
        None => Ok(()),
        Some(refusal)
            if matches!(refusal.kind, Kind::Resource | Kind::Unsupported) =>
        {
            Ok(())
        }
        Some(other) => {
            let what = format!("{:?}: {}", other.kind, other.message);
            Err(within(row, &what))
        }
    }
}

/// A soft limit of a process; none where it is lifted again.
fn limit(
    process: &Process,
    resource: Resource,
    most: Option<u64>,
) -> Result<(), Not> {
    let pid = Pid::from_raw(process.id().cast_signed());
    let old = rustix::process::getrlimit(resource);
    let new = Rlimit { current: most.or(old.current), maximum: old.maximum };
    prlimit(pid, resource, new).map_err(io::Error::from)?;
    Ok(())
}
