//! The processes of a command: all that have its mark in their environment.

use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// The variable by which the processes of a command are known.
pub(crate) const MARK: &str = "LANES_SOAK";

/// The processes of one command.
pub(crate) struct Processes {
    mark: Vec<u8>,
    now: BTreeSet<u32>,
    seen: BTreeSet<u32>,
}

impl Processes {
    /// Those with this mark.
    pub(crate) fn of(mark: &str) -> Self {
        let mark = format!("{MARK}={mark}").into_bytes();
        Self { mark, now: BTreeSet::new(), seen: BTreeSet::new() }
    }

    /// How many there were, of which a look saw something.
    pub(crate) fn seen(&self) -> usize {
        self.seen.len()
    }

    /// Looks which there are. What has ended has no environment any more.
    pub(crate) fn look(&mut self) {
        self.now.clear();
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.parse().ok());
            let Some(process) = number else { continue };
            let environment = fs::read(entry.path().join("environ"));
            let environment = environment.unwrap_or_default();
            if environment.split(|byte| *byte == 0).any(|v| v == self.mark) {
                self.now.insert(process);
            }
        }
        self.seen.extend(&self.now);
    }

    /// How many are left, once they had this time to end.
    pub(crate) fn left(&mut self, grace: Duration) -> usize {
        let begin = Instant::now();
        loop {
            self.look();
            if self.now.is_empty() || begin.elapsed() >= grace {
                return self.now.len();
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills all, until a look finds none.
    pub(crate) fn kill(&mut self) {
        for _ in 0..100 {
            self.look();
            if self.now.is_empty() {
                break;
            }
            self.now.iter().for_each(|process| send(*process, Signal::KILL));
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Sends a signal to one of the processes that the first one has started,
    /// chosen by a time.
    pub(crate) fn send_one(&self, first: u32, by: Duration, signal: Signal) {
        let others: Vec<u32> =
            self.now.iter().copied().filter(|p| *p != first).collect();
        if let Some(chosen) = others.len().checked_sub(1) {
            let index = by.as_millis() as usize % (chosen + 1);
            send(others[index], signal);
        }
    }
}

/// Whether a process has a handler for a signal; see proc(5).
///
/// # Errors
/// If the system does not say.
pub(crate) fn catches(process: u32, signal: Signal) -> io::Result<bool> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    Ok(mask.unwrap_or_default() >> (signal.as_raw() - 1) & 1 == 1)
}

/// Sends a signal; what has ended needs none.
pub(crate) fn send(process: u32, signal: Signal) {
    let process = i32::try_from(process).ok().and_then(Pid::from_raw);
    if let Some(process) = process {
        let _ = kill_process(process, signal);
    }
}
