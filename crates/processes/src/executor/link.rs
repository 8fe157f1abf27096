//! The pool's end of a worker's socket.

use super::error::broken;
use super::wire::Stream;
use lanes_core::{Context, Error};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, SendFlags, recv, send};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The pool's end of a socket. It waits for the socket and for the process at
/// once: a process that dies may leave a child that holds the other end open.
pub(super) struct Link {
    pub(super) socket: UnixStream,
    pub(super) alive: Arc<OwnedFd>,
    /// Looked at while waiting.
    pub(super) context: Option<Context>,
    pub(super) deadline: Option<Instant>,
}

impl Link {
    /// Waits until the socket can be read or written.
    ///
    /// # Errors
    /// If the process has ended and left nothing to read, or the run was
    /// stopped.
    fn ready(&self, flags: PollFlags) -> io::Result<()> {
        let watched = self.context.is_some() || self.deadline.is_some();
        loop {
            let mut ready = [
                PollFd::new(&self.socket, flags),
                PollFd::new(&self.alive, PollFlags::IN),
            ];
            wait(&mut ready, watched.then_some(Context::SLICE))?;
            let [socket, ended] = ready.map(|fd| !fd.revents().is_empty());
            if socket {
                return Ok(());
            }
            if ended {
                let what = "the worker ended".to_owned();
                return Err(io::Error::other(Error::WorkerDied(what)));
            }
            self.look()?;
            if self.deadline.is_some_and(|at| at <= Instant::now()) {
                let what = broken("no worker answers in time");
                return Err(io::Error::other(what));
            }
        }
    }
}

impl Stream for Link {
    fn look(&self) -> io::Result<()> {
        let cause = self.context.as_ref().and_then(Context::cause);
        cause.map_or(Ok(()), |cause| Err(io::Error::other(cause)))
    }
}

impl Read for Link {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        // Also where there is always more to read.
        self.look()?;
        self.ready(PollFlags::IN)?;
        let (count, _) = recv(&self.socket, bytes, RecvFlags::DONTWAIT)?;
        Ok(count)
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.look()?;
            let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
            match send(&self.socket, bytes, flags) {
                Err(rustix::io::Errno::AGAIN) => self.ready(PollFlags::OUT)?,
                result => return Ok(result?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Which of these processes have ended; none if the system does not say.
pub(super) fn any_ended<'a>(
    alive: impl Iterator<Item = &'a Arc<OwnedFd>>,
) -> bool {
    let watch = |fd: &'a Arc<OwnedFd>| {
        PollFd::from_borrowed_fd(fd.as_fd(), PollFlags::IN)
    };
    let mut alive: Vec<_> = alive.map(watch).collect();
    let looked = wait(&mut alive, Some(Duration::ZERO));
    looked.is_ok() && alive.iter().any(|fd| !fd.revents().is_empty())
}

/// Waits for one of these, at most so long.
pub(super) fn wait(
    fds: &mut [PollFd<'_>],
    time: Option<Duration>,
) -> io::Result<()> {
    let time = time.map(Timespec::try_from).transpose();
    let time = time.map_err(io::Error::other)?;
    match poll(fds, time.as_ref()) {
        Ok(_) => Ok(()),
        Err(rustix::io::Errno::INTR) => {
            fds.iter_mut().for_each(PollFd::clear_revents);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
