//! What a process has used of the machine.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::fs;

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

impl Usage {
    /// Up to now; nothing at all where the system does not tell.
    pub(crate) fn now() -> Self {
        let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
            return Self::default();
        };
        let count = |count| u64::try_from(count).unwrap_or(0);
        Self {
            user_ns: count(usage.user_time().num_nanoseconds()),
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

/// The most memory that was resident, in bytes, and the threads alive.
pub(crate) fn peak_and_threads() -> (Option<u64>, Option<u64>) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    (field("VmHWM:").map(|kibibytes| kibibytes * 1024), field("Threads:"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;
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
}
