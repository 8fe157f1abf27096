//! The resources that a process has used.

use crate::children;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use procfs::process::{MemoryMap, Process};
use std::fs;
use std::sync::{Mutex, PoisonError};

/// What this process has used since it began.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub(crate) user_ns: u64,
    pub(crate) system_ns: u64,
    pub(crate) voluntary: u64,
    pub(crate) involuntary: u64,
    pub(crate) minor_faults: u64,
    pub(crate) major_faults: u64,
}

/// The processes that this one has started and that still run, and theirs: a
/// pool of processes is part of its model. They are looked for when a model is
/// started and when its input is made only, since that reads `/proc` of all
/// processes.
static CHILDREN: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Looks for the processes that this one has started.
pub(crate) fn find_children() {
    let found = children::running();
    *CHILDREN.lock().unwrap_or_else(PoisonError::into_inner) = found;
}

/// The CPU time of all threads of those processes, in nanoseconds. It is read
/// before and after each sample: the one number of each small file, by hand.
fn children_ns() -> u64 {
    let children = CHILDREN.lock().unwrap_or_else(PoisonError::into_inner);
    let threads = |id: &u32| fs::read_dir(format!("/proc/{id}/task")).ok();
    let threads = children.iter().filter_map(threads).flatten().flatten();
    let time = |thread: fs::DirEntry| -> Option<u64> {
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse().ok()
    };
    threads.filter_map(time).sum()
}

impl Usage {
    /// What was used up to now. The CPU time of children counts as user time.
    /// All zero where the system does not report it.
    pub(crate) fn now() -> Self {
        let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
            return Self::default();
        };
        let count = |count| u64::try_from(count).unwrap_or(0);
        let user_ns = count(usage.user_time().num_nanoseconds());
        Self {
            user_ns: user_ns + children_ns(),
            system_ns: count(usage.system_time().num_nanoseconds()),
            voluntary: count(usage.voluntary_context_switches()),
            involuntary: count(usage.involuntary_context_switches()),
            minor_faults: count(usage.minor_page_faults()),
            major_faults: count(usage.major_page_faults()),
        }
    }

    /// What was used since `earlier`.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self {
            user_ns: self.user_ns.saturating_sub(earlier.user_ns),
            system_ns: self.system_ns.saturating_sub(earlier.system_ns),
            voluntary: self.voluntary.saturating_sub(earlier.voluntary),
            involuntary: self.involuntary.saturating_sub(earlier.involuntary),
            minor_faults: self
                .minor_faults
                .saturating_sub(earlier.minor_faults),
            major_faults: self
                .major_faults
                .saturating_sub(earlier.major_faults),
        }
    }
}

/// Makes the system forget the most memory that was resident so far.
pub(crate) fn forget_peak() {
    // Without it the peak is that of the whole process; nothing is lost.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The memory that is resident, in bytes: all pages are counted, which takes as
/// long as there are many. `None` where the system does not say.
pub(crate) fn resident() -> Option<u64> {
    let all = Process::myself().and_then(|process| process.smaps_rollup());
    let all = all.ok()?.memory_map_rollup;
    let of = |map: &MemoryMap| map.extension.map.get("Rss").copied();
    all.iter().map(of).sum()
}

/// The most memory that was resident, in bytes, and the threads alive.
pub(crate) fn peak_and_threads() -> (Option<u64>, Option<u64>) {
    let status = Process::myself().and_then(|process| process.status());
    status.map_or((None, None), |status| {
        let peak = status.vmhwm.map(|kibibytes| kibibytes * 1024);
        (peak, Some(status.threads))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{Pid, Signal, kill_process};
    use std::hint::black_box;
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    #[test]
    fn work_shows_as_cpu_time_memory_as_faults_and_peak() {
        let before = Usage::now();
        forget_peak();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(30) {
            black_box(begin);
        }
        let pages = black_box(vec![1u8; 64 << 20]);
        let used = Usage::now().since(&before);
        let (peak, threads) = peak_and_threads();
        assert!(used.user_ns + used.system_ns > 5_000_000, "{used:?}");
        assert!(used.minor_faults > 0, "{used:?}");
        assert!(peak.unwrap() >= pages.len() as u64);
        assert!(threads.unwrap() >= 1);
    }

    #[test]
    fn the_cpu_time_of_children_and_of_theirs_counts() {
        let mut child = Command::new("sh")
            .args(["-c", "(while :; do :; done) & echo $!; wait"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut said).unwrap();
        let below: u32 = said.trim().parse().unwrap();
        find_children();
        let ids = [child.id(), below];
        let are_known = |ids: [u32; 2]| {
            let known = CHILDREN.lock().unwrap();
            ids.map(|id| known.contains(&id))
        };
        let known = are_known(ids);
        let begin = Instant::now();
        // As long as it takes on a busy machine.
        while children_ns() < 5_000_000 && begin.elapsed().as_secs() < 30 {
            std::thread::yield_now();
        }
        let counted = children_ns();
        let below = Pid::from_raw(below.cast_signed()).unwrap();
        kill_process(below, Signal::KILL).unwrap();
        // It waits for that one only.
        child.wait().unwrap();
        assert!(known == [true; 2] && counted >= 5_000_000, "{counted}");
        find_children();
        assert_eq!(are_known(ids), [false; 2]);
    }
}
