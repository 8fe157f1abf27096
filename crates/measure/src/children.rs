//! The processes that this one has started, and theirs.

use procfs::process::{ProcState, Process, all_processes};
use rustix::process::{Pid, Signal, getpgid, kill_process, kill_process_group};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

/// How long it is looked for more of them.
const PATIENCE: Duration = Duration::from_millis(200);

/// The processes that this one has started and that still run, and those that
/// they have started. It reads `/proc` of all processes.
pub fn running() -> Vec<u32> {
    let all = all_processes().into_iter().flatten().flatten();
    let known = |process: Process| {
        let stat = process.stat().ok()?;
        let runs = !matches!(stat.state(), Ok(ProcState::Zombie));
        let parent = u32::try_from(stat.ppid).ok()?;
        runs.then_some((u32::try_from(stat.pid).ok()?, parent))
    };
    let mut others: Vec<(u32, u32)> = all.filter_map(known).collect();
    let (mut found, mut parents) = (Vec::new(), vec![process::id()]);
    while let Some(parent) = parents.pop() {
        let of = |(_, its): &mut (u32, u32)| *its == parent;
        let children = others.extract_if(.., of).map(|(id, _)| id);
        let first = found.len();
        found.extend(children);
        parents.extend(&found[first..]);
    }
    found
}

/// Kills them, each with its process group if it has one of its own. For a
/// process that is about to exit: other threads may have started more of them
/// meanwhile.
pub fn kill() {
    let begin = Instant::now();
    loop {
        let running = running();
        // Each of thousands takes its time to be found.
        if running.is_empty() || begin.elapsed() > PATIENCE {
            return;
        }
        for id in running {
            let id = Pid::from_raw(id.cast_signed());
            let Some(id) = id else { continue };
            // One that has ended meanwhile is not there.
            let _ = match getpgid(Some(id)) {
                Ok(group) if group == id => {
                    kill_process_group(id, Signal::KILL)
                }
                _ => kill_process(id, Signal::KILL),
            };
        }
        thread::sleep(Duration::from_millis(1));
    }
}
