//! The processes that this one has started.

use procfs::process::{ProcState, Process, all_processes};
use rustix::process::{Pid, Signal, getpgid, kill_process, kill_process_group};
use std::process;
use std::thread;
use std::time::{Duration, Instant};

/// How long it is looked for more of them.
const PATIENCE: Duration = Duration::from_millis(200);

/// The processes that this one has started and that still run. It reads `/proc`
/// of all processes.
pub fn running() -> Vec<u32> {
    let own = process::id();
    let all = all_processes().into_iter().flatten().flatten();
    let child = |process: Process| {
        let stat = process.stat().ok()?;
        let parent = u32::try_from(stat.ppid).ok()?;
        let runs = !matches!(stat.state(), Ok(ProcState::Zombie));
        (parent == own && runs).then_some(u32::try_from(stat.pid).ok()?)
    };
    all.filter_map(child).collect()
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
