//! The guard of a job, seen from the process that has started it.

use super::TICK;
use crate::begin;
use crate::guard::{ALIVE, ENDED};
use crate::names::GUARD;
use crate::wire::broken;
use lanes_core::Error;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::ffi::OsString;
use std::io::{self, Read};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a guard may take to end once it is to.
const PARTING: Duration = Duration::from_secs(2);

/// The process that starts the ranks, and ends all that it has started.
/// Dropping it waits until it has ended.
pub(super) struct Guarded {
    child: Child,
    socket: UnixStream,
}

impl Guarded {
    /// Starts the running executable as a guard, with these arguments and this
    /// variable for the ranks. Where the socket is shut down, it ends the job.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn start(
        arguments: impl IntoIterator<Item = OsString>,
        (variable, value): (&str, String),
    ) -> io::Result<(Self, UnixStream)> {
        begin::link();
        let (socket, theirs) = UnixStream::pair()?;
        let other = socket.try_clone()?;
        // The file that runs, also where it was replaced in the meantime.
        let child = Command::new("/proc/self/exe")
            .arg0(GUARD)
            .args(arguments)
            .env(variable, value)
            // A kill of this process and its group leaves it to clear up.
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok((Self { child, socket }, other))
    }

    /// Waits until the job has ended, and returns why. `alive` is called when
    /// the guard answers, and says whether somebody waits for it.
    pub(super) fn ended(&mut self, alive: impl Fn() -> bool) -> Error {
        self.said(alive).unwrap_or_else(Error::from)
    }

    /// What the guard says last, or how its process has ended. Another process
    /// may hold the socket open.
    fn said(&mut self, is_alive: impl Fn() -> bool) -> io::Result<Error> {
        let alive =
            pidfd_open(Pid::from_child(&self.child), PidfdFlags::empty())?;
        let mut said = Vec::new();
        loop {
            let mut ready = [
                PollFd::new(&self.socket, PollFlags::IN),
                PollFd::new(&alive, PollFlags::IN),
            ];
            match poll(&mut ready, None) {
                Err(rustix::io::Errno::INTR) => continue,
                other => other?,
            };
            if ready[0].revents().is_empty() {
                break;
            }
            let mut bytes = [0; 1024];
            match self.socket.read(&mut bytes) {
                // What it was sent and has not read ends with an error.
                Ok(0) | Err(_) => break,
                Ok(count) => said.extend_from_slice(&bytes[..count]),
            }
            while said.starts_with(ALIVE) && is_alive() {
                said.drain(..ALIVE.len());
            }
            let begin = said.len().min(ENDED.len());
            if said[..begin] != ENDED.as_bytes()[..begin] {
                return Ok(broken("a guard that says something else"));
            }
        }
        let said = String::from_utf8_lossy(&said);
        let why = said.strip_prefix(ENDED);
        let why = why.and_then(|why| serde_json::from_str(why).ok());
        let gone = || Error::WorkerDied("the guard of its ranks".into());
        Ok(why.unwrap_or_else(gone))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Both);
        let due = Instant::now() + PARTING;
        while Instant::now() < due {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(TICK);
        }
        // What it has started ends with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
