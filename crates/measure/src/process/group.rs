//! A worker's process and all that it has started: what they use together, and
//! that none of them is left.
//!
//! A process that a worker has started is found by its parents, by its process
//! group, or by a mark in its environment, which those have too whose parents
//! have ended and that are in a session of their own.

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process,
    kill_process_group, waitid,
};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The variable with the mark.
const VARIABLE: &str = "LANES_WORKER";
/// How long killed processes may take to end. The system may hold one for
/// longer, in a call that nothing interrupts; it ends with that call.
const DYING: Duration = Duration::from_secs(2);
/// Looking for processes takes at most one part in so many of the time, unless
/// that is less than once a second.
const SHARE: u32 = 200;
const SECOND: Duration = Duration::from_secs(1);

/// A worker's process and all that it has started. Dropping it kills them.
pub(super) struct Group {
    leader: Child,
    /// `VARIABLE=mark`, as it stands in environments.
    mark: Vec<u8>,
    /// How the leader ended, once it has been asked: its number may belong to
    /// another process from then on.
    status: Option<ExitStatus>,
    /// The others, as they were found last.
    others: Vec<Member>,
    /// When they are looked for again.
    next: Instant,
}

/// A process, and when it began: numbers are used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Member {
    process: i32,
    begun: u64,
}

/// What `/proc` says of a process.
struct Seen {
    member: Member,
    parent: i32,
    group: i32,
    ended: bool,
}

impl Group {
    /// Starts a command in a process group of its own.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        static STARTED: AtomicU64 = AtomicU64::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let own = getpid().as_raw_nonzero();
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Realtime);
        let mark = format!("{own}-{number}-{}", now.tv_nsec);
        let leader = command.env(VARIABLE, &mark).process_group(0).spawn()?;
        Ok(Self {
            leader,
            mark: format!("{VARIABLE}={mark}").into_bytes(),
            status: None,
            others: Vec::new(),
            next: Instant::now(),
        })
    }

    /// The number of the worker's process, and of its group.
    pub(super) fn id(&self) -> u32 {
        self.leader.id()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.leader)
    }

    /// Whether the worker's process has ended. It keeps its number until
    /// [`Group::kill`].
    pub(super) fn has_ended(&self) -> bool {
        let how = WaitIdOptions::EXITED
            | WaitIdOptions::NOHANG
            | WaitIdOptions::NOWAIT;
        self.status.is_some()
            || !matches!(waitid(WaitId::Pid(self.pid()), how), Ok(None))
    }

    /// Waits until the worker's process has ended, at most so long; whether it
    /// has.
    pub(super) fn wait(&self, most: Duration) -> bool {
        let until = Instant::now() + most;
        let mut pause = Duration::from_micros(50);
        loop {
            if self.has_ended() {
                return true;
            }
            if Instant::now() >= until {
                return false;
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(2));
        }
    }

    /// Kills all of them, and returns how the worker's process ended; `None` if
    /// the system holds it.
    pub(super) fn kill(&mut self) -> Option<ExitStatus> {
        if self.status.is_some() {
            return self.status;
        }
        let until = Instant::now() + DYING;
        // Before the first is killed: a dead one is nobody's parent.
        let mut left = self.find();
        loop {
            // The leader keeps its number, which is the group's, until it is
            // asked for its status. An error says that none is left.
            let _ = kill_process_group(self.pid(), Signal::KILL);
            for member in &left {
                // It is the same process still, or one that has taken its
                // number within microseconds.
                if let Some(pid) = Pid::from_raw(member.process) {
                    let _ = kill_process(pid, Signal::KILL);
                }
            }
            self.others = left;
            left = self.find();
            if left.is_empty() || Instant::now() >= until {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        if self.wait(DYING) {
            self.status = self.leader.try_wait().ok().flatten();
        }
        self.status
    }

    /// The memory of all of them that is resident, in bytes; what several of
    /// them share counts once. Those that were started a moment ago may not be
    /// known yet.
    pub(super) fn resident(&mut self) -> Option<u64> {
        let now = Instant::now();
        if now >= self.next {
            self.others = self.find();
            self.next = now + (now.elapsed() * SHARE).min(SECOND);
        }
        let others = self.others.iter().map(|member| member.process);
        let leader = self.id().cast_signed();
        let (own, shared) = memory(leader)?;
        let (mut all, mut most) = (own, shared);
        for (own, shared) in others.filter_map(memory) {
            all += own;
            most = most.max(shared);
        }
        Some((all + most) * rustix::param::page_size() as u64)
    }

    /// How many of them run.
    pub(super) fn running(&self) -> usize {
        self.find().len() + usize::from(!self.has_ended())
    }

    /// All of them that run, without the leader.
    fn find(&self) -> Vec<Member> {
        let seen: Vec<Seen> = processes().filter_map(look).collect();
        let leader = self.id().cast_signed();
        let begun = seen.iter().find(|seen| seen.member.process == leader);
        let begun = begun.map_or(0, |seen| seen.member.begun);
        // A process that began earlier is not one of them, and need not be
        // looked at closer.
        let later = |seen: &&Seen| seen.member.begun >= begun;
        let mut own = BTreeSet::from([leader]);
        for seen in seen.iter().filter(later) {
            if seen.group == leader
                || self.others.contains(&seen.member)
                || is_marked(seen.member.process, &self.mark)
            {
                own.insert(seen.member.process);
            }
        }
        loop {
            let count = own.len();
            for seen in seen.iter().filter(later) {
                if own.contains(&seen.parent) {
                    own.insert(seen.member.process);
                }
            }
            if own.len() == count {
                break;
            }
        }
        own.remove(&leader);
        let running = seen.iter().filter(|seen| !seen.ended);
        let own = running.filter(|seen| own.contains(&seen.member.process));
        own.map(|seen| seen.member).collect()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The numbers of all processes.
fn processes() -> impl Iterator<Item = i32> {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let number = |name: OsString| name.to_str()?.parse().ok();
    all.filter_map(move |entry| number(entry.file_name()))
}

/// What the system says of a process; see proc_pid_stat(5). The name, in
/// brackets, may have anything in it. `None` if it is gone.
fn look(process: i32) -> Option<Seen> {
    let stat = fs::read(format!("/proc/{process}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let begun = fields.get(19)?.parse().ok()?;
    Some(Seen {
        member: Member { process, begun },
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        ended: matches!(*fields.first()?, "Z" | "X"),
    })
}

/// Whether a process has this in its environment. That of another user's
/// process cannot be read, and is none of ours.
fn is_marked(process: i32, mark: &[u8]) -> bool {
    let all = fs::read(format!("/proc/{process}/environ"));
    let all = all.unwrap_or_default();
    all.split(|byte| *byte == 0).any(|variable| variable == mark)
}

/// The pages of a process that are resident: its own, and those that others may
/// have too. It is looked at again and again while a worker is measured: one
/// small file, read by hand.
fn memory(process: i32) -> Option<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let mut fields = text.split_whitespace().skip(1);
    let mut next = || fields.next()?.parse::<u64>().ok();
    let (all, shared) = (next()?, next()?);
    Some((all.saturating_sub(shared), shared))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Stdio;

    fn start(script: &str) -> Group {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::null());
        Group::start(&mut command).unwrap()
    }

    /// All others, once there are so many.
    fn others(group: &Group, count: usize) -> Vec<Member> {
        let begin = Instant::now();
        loop {
            let found = group.find();
            if found.len() >= count {
                return found;
            }
            assert!(begin.elapsed() < Duration::from_secs(20), "{found:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn runs(member: &Member) -> bool {
        look(member.process)
            .is_some_and(|seen| seen.member == *member && !seen.ended)
    }

    #[test]
    fn who_leaves_the_group_is_killed_too() {
        for script in [
            // A child in a session of its own.
            "setsid sleep 1000 & wait",
            // The same without the mark.
            "env -i setsid sleep 1000 & wait",
            // Its parent has ended.
            "(setsid sleep 1000 &) ; sleep 1000",
        ] {
            let mut group = start(script);
            let found = others(&group, 1);
            group.kill();
            assert!(!found.iter().any(runs), "{script}: {found:?}");
        }
    }

    #[test]
    fn who_outlives_the_leader_is_killed_too() {
        for script in ["sleep 1000 & exit 3", "(setsid sleep 1000 &); exit 3"] {
            let mut group = start(script);
            assert!(group.wait(Duration::from_secs(20)));
            let found = others(&group, 1);
            let status = group.kill();
            assert_eq!(status.and_then(|status| status.code()), Some(3));
            assert!(!found.iter().any(runs), "{script}: {found:?}");
        }
    }

    #[test]
    fn the_leader_keeps_its_number_until_all_are_killed() {
        let mut group = start("exit 0");
        assert!(group.wait(Duration::from_secs(20)));
        let leader = group.id().cast_signed();
        assert!(look(leader).is_some_and(|seen| seen.ended));
        group.kill();
        assert!(look(leader).is_none_or(|seen| !seen.ended));
        // Nobody is killed by that number any more.
        assert_eq!(group.kill().and_then(|status| status.code()), Some(0));
    }

    #[test]
    fn nobody_else_is_found() {
        let one = start("sleep 1000 & wait");
        let other = start("sleep 1000 & wait");
        let found = others(&one, 1);
        let theirs = others(&other, 1);
        assert_eq!((found.len(), theirs.len()), (1, 1));
        assert_ne!(found, theirs);
    }
}
