//! A process under a watchdog: it ends in time, with all that it started.
//!
//! ```
//! use lanes_watchdog::{Ended, watched};
//! use std::process::Command;
//! use std::sync::atomic::AtomicBool;
//! use std::time::Duration;
//!
//! let most = Duration::from_millis(10);
//! let mut sleep = Command::new("sleep");
//! let ended = watched(sleep.arg("60"), most, &AtomicBool::new(false))?;
//! assert_eq!(ended, Ended::Hung);
//! # Ok::<(), std::io::Error>(())
//! ```

pub mod own;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid,
};
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How often the process is looked at.
const TICK: Duration = Duration::from_millis(5);

/// How a process under a watchdog ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status, and so many processes of its group were
    /// still there.
    Exited(ExitStatus, usize),
    /// It was killed after the time it had.
    Hung,
    /// It was killed, since the caller was to stop.
    Stopped,
}

/// Runs a program in a process group of its own, which is killed when the
/// program has ended, has not ended in so long, or `stop` is set.
///
/// # Errors
/// Those of starting it and of waiting for it.
pub fn watched(
    command: &mut Command,
    most: Duration,
    stop: &AtomicBool,
) -> io::Result<Ended> {
    let mut child = command.process_group(0).spawn()?;
    let pid = Pid::from_child(&child);
    let begin = Instant::now();
    let early = loop {
        // The child is not reaped yet: until then its number is its own, and
        // the kill of its group meets no other.
        let options = WaitIdOptions::EXITED
            | WaitIdOptions::NOHANG
            | WaitIdOptions::NOWAIT;
        match waitid(WaitId::Pid(pid), options) {
            Ok(Some(_)) => break None,
            Ok(None) => {}
            Err(error) => {
                // What the wait says comes first.
                let _ = end(&mut child, pid);
                return Err(error.into());
            }
        }
        if stop.load(Ordering::Relaxed) {
            break Some(Ended::Stopped);
        }
        if begin.elapsed() > most {
            break Some(Ended::Hung);
        }
        thread::sleep(TICK);
    };
    let others = others(pid);
    let status = end(&mut child, pid)?;
    Ok(early.unwrap_or(Ended::Exited(status, others)))
}

/// Kills the group, and reaps its leader.
fn end(child: &mut Child, pid: Pid) -> io::Result<ExitStatus> {
    // A group without a living member cannot be killed, nor need it be.
    let _ = kill_process_group(pid, Signal::KILL);
    child.wait()
}

/// How many processes besides its leader are in a group.
fn others(leader: Pid) -> usize {
    let leader = leader.as_raw_nonzero().get().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let names =
        processes.filter_map(|entry| entry.file_name().into_string().ok());
    let in_group = |name: &String| {
        let stat = fs::read_to_string(format!("/proc/{name}/stat"));
        // Behind the name in brackets: state, parent, group; see proc(5).
        let stat = stat.unwrap_or_default();
        let after = stat.rsplit_once(") ").map_or("", |(_, after)| after);
        let mut fields = after.split(' ');
        let zombie = fields.next().is_none_or(|state| state == "Z");
        !zombie && fields.nth(1) == Some(&*leader)
    };
    names.filter(|name| *name != leader).filter(in_group).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, most: Duration, stop: bool) -> Ended {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        watched(&mut command, most, &AtomicBool::new(stop)).unwrap()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_process_ends_by_itself_hangs_or_is_stopped() {
        let Ended::Exited(status, 0) = sh("exit 3", LONG, false) else {
            panic!("it should have ended by itself");
        };
        assert_eq!(status.code(), Some(3));
        let short = Duration::from_millis(20);
        assert_eq!(sh("sleep 60", short, false), Ended::Hung);
        assert_eq!(sh("sleep 60", LONG, true), Ended::Stopped);
    }

    #[test]
    fn what_it_leaves_behind_is_counted_and_killed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let file = file.path();
        let script = format!("sleep 60 & echo $! >{}", file.display());
        let ended = sh(&script, LONG, false);
        assert!(matches!(ended, Ended::Exited(_, 1)), "{ended:?}");
        let left = fs::read_to_string(file).unwrap();
        let stat = format!("/proc/{}/stat", left.trim());
        let begin = Instant::now();
        // A killed process is there until its new parent has reaped it.
        let gone =
            || fs::read_to_string(&stat).map_or(true, |s| s.contains(") Z "));
        while !gone() {
            assert!(begin.elapsed() < LONG, "it lives on");
            thread::sleep(TICK);
        }
    }
}
