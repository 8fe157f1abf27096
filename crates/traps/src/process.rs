//! What the process of a program has used.

use rustix::time::{ClockId, clock_gettime};
use std::fs;

/// The threads of this process.
pub(crate) fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("proc is mounted").count()
}

/// The most memory that this process has had at once, in bytes.
pub(crate) fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("proc");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB"));
    let kibibytes: Option<u64> = peak.and_then(|peak| peak.parse().ok());
    kibibytes.expect("a peak in the status of a process") * 1024
}

/// The CPU time of all threads of this process, in seconds.
pub(crate) fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::compute;
    use std::thread;

    #[test]
    fn a_process_knows_what_it_has_used() {
        let before = (threads(), peak_memory(), cpu_time());
        let block = vec![1u8; 64 << 20];
        let more = thread::scope(|scope| {
            let thread = scope.spawn(|| {
                compute(5000);
                threads()
            });
            thread.join().unwrap()
        });
        assert!(more > 1);
        assert!(before.0 > 0);
        // Others may have given memory back meanwhile.
        assert!(peak_memory() > before.1 + (block.len() as u64) / 2);
        assert!(cpu_time() > before.2);
    }
}
