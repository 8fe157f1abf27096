//! A worker's process, seen from the pool.

use super::error::{Failure, broken};
use super::link::{Link, wait};
use super::memory::Memory;
use super::task::{Work, cause};
use super::wire::{Buffers, Carrier, Channel, Kind, VERSION, decode};
use super::worker::{MARK, NO_MEMORY};
use lanes_core::{Context, Error, Place, caught};
use rustix::event::{PollFd, PollFlags};
use rustix::process::{
    Pid, PidfdFlags, Signal, kill_process_group, pidfd_open,
};
use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a worker may take to be there: only one that will never be takes
/// so long.
const STARTUP: Duration = Duration::from_secs(30);
/// How long a worker may take to end once its socket is closed.
const PARTING: Duration = Duration::from_secs(2);
/// How long a process may take to end after its socket did.
const MOMENT: Duration = Duration::from_millis(100);

/// A running worker. Dropping it kills its process group and waits until the
/// process is gone.
pub(super) struct Worker {
    child: Child,
    alive: Arc<OwnedFd>,
    channel: Channel<Link>,
    reaped: bool,
}

impl Worker {
    /// Starts the running executable as a worker, and waits until it is there.
    /// The buffers are those of an earlier one, if there was one.
    ///
    /// The calling thread must live as long as the worker: the system kills the
    /// worker when that thread ends.
    ///
    /// # Errors
    /// [`Error::Resource`] if the system refuses, and those of a worker that
    /// ends at once or is none.
    pub(super) fn start(
        carrier: Carrier,
        mut buffers: Buffers,
        place: Option<&Place>,
    ) -> Result<Self, Error> {
        super::worker::link();
        let (socket, theirs) = UnixStream::pair()?;
        if carrier == Carrier::Memory && buffers.memory.is_none() {
            buffers.memory = Some(Memory::new()?);
        }
        let descriptor = buffers.memory.as_ref().map(Memory::descriptor);
        let descriptor = descriptor.map(|number| number.to_string());
        let address = place.map(|place| place.address.to_string());
        let namespace = place.and_then(|place| place.namespace.as_ref());
        // The file that runs, also where it was replaced in the meantime.
        let mut child = Command::new("/proc/self/exe")
            .arg0(MARK)
            .arg(process::id().to_string())
            .arg(descriptor.as_deref().unwrap_or(NO_MEMORY))
            .args(address)
            .args(namespace)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            // The standard output of this process may carry data of its own,
            // which what a worker prints must not disturb.
            .stdout(io::stderr())
            .process_group(0)
            .spawn()?;
        let alive = pidfd_open(Pid::from_child(&child), PidfdFlags::empty());
        let alive = Arc::new(alive.map_err(io::Error::from).inspect_err(
            // Nothing yet would kill it when dropped.
            |_| drop(child.kill().and_then(|()| child.wait())),
        )?);
        let deadline = Some(Instant::now() + STARTUP);
        let watched = Arc::clone(&alive);
        let link = Link { socket, alive: watched, context: None, deadline };
        let channel = Channel::new(link, buffers);
        let mut worker = Self { child, alive, channel, reaped: false };
        match worker.greet() {
            Ok(()) => Ok(worker),
            Err(error) => Err(worker.gone(error)),
        }
    }

    fn greet(&mut self) -> Result<(), Error> {
        let hello = self.channel.receive()?;
        let Some((Kind::Hello, body)) = hello else {
            return Err(broken("no worker answers"));
        };
        if decode::<u32>(body)? != VERSION {
            return Err(broken("another version answers"));
        }
        self.channel.stream().deadline = None;
        Ok(())
    }

    /// Becomes readable when the process ends; kills it also from other
    /// threads.
    pub(super) fn alive(&self) -> &Arc<OwnedFd> {
        &self.alive
    }

    /// Has a task done. It is finished then, also with an error of its own.
    ///
    /// # Errors
    /// The worker is lost, or the run of the task was stopped while the worker
    /// was at it; the task is not finished, and the worker is of no more use.
    pub(super) fn run(&mut self, task: &dyn Work) -> Result<(), Error> {
        self.channel.stream().context = task.context().cloned();
        let result = self.exchange(task);
        // Whatever the context holds on to is the run's, and goes with it.
        self.channel.stream().context = None;
        result
    }

    fn exchange(&mut self, task: &dyn Work) -> Result<(), Error> {
        if let Err(refused) = task.send(&mut self.channel)? {
            task.fail(refused);
            return Ok(());
        }
        loop {
            let message = self.channel.receive()?;
            let answer = match message {
                Some((Kind::Done, body)) => {
                    // A result that nobody wants is not read.
                    match cause(task) {
                        Some(cause) => task.fail(cause),
                        None => task.done(body)?,
                    }
                    return Ok(());
                }
                Some((Kind::Ask, body)) => grain(task.context(), decode(body)?),
                Some((kind, _)) => return Err(broken(format!("{kind:?}?"))),
                None => return Err(broken("the worker closed its socket")),
            };
            let answer = answer.map_err(Failure::from);
            self.channel.send(Kind::Answer, &answer)??;
        }
    }

    /// Why the worker is lost: how its process ended, if it did, or else the
    /// error that was found.
    pub(super) fn gone(mut self, error: Error) -> Error {
        // The socket may end a moment before the process does.
        if !self.ended(MOMENT) {
            return error;
        }
        match self.reap() {
            Some(status) => Error::WorkerDied(status.to_string()),
            None => error,
        }
    }

    /// Whether the process ends within this time.
    fn ended(&self, time: Duration) -> bool {
        let mut ended = [PollFd::new(&self.alive, PollFlags::IN)];
        let looked = wait(&mut ended, Some(time));
        looked.is_ok() && !ended[0].revents().is_empty()
    }

    /// Kills the process and what it has left behind, and waits for it.
    fn reap(&mut self) -> Option<ExitStatus> {
        if !self.reaped {
            // The number of the process, and so of its group, is given to no
            // other process until it was waited for.
            let group = Pid::from_child(&self.child);
            let _ = kill_process_group(group, Signal::KILL);
            self.reaped = true;
        }
        self.child.wait().ok()
    }

    /// Kills the worker, waits until it is gone, and returns what the next one
    /// can use.
    pub(super) fn kill(mut self) -> Buffers {
        self.reap();
        self.channel.take_buffers()
    }

    /// Closes the connection, which ends the worker, and waits for it.
    pub(super) fn end(mut self) {
        // Whatever fails here, the drop that follows kills.
        let _ = self.channel.stream().socket.shutdown(Shutdown::Both);
        self.ended(PARTING);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.reap();
    }
}

/// The probe is the run's own and stays in its process: it is asked here, on
/// the thread that stands for the worker.
fn grain(context: Option<&Context>, task: usize) -> Result<(), Error> {
    let context = context.ok_or_else(|| broken("no run wants to be asked"))?;
    caught(|| context.grain(task))
}
