//! A worker's process, seen from the process that measures.

use crate::attest::{attest, same};
use crate::failure::{Cause, Failure};
use crate::image;
use crate::protocol::{
    self, Described, Description, Hello, MOST_BYTES, Reply, Request, Sample,
    Traced, TracedSpan,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, kill_process_group, pidfd_open,
};
use serde_json::Value;
use std::collections::VecDeque;
use std::fs;
use std::io::{self, PipeReader, Read};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub use crate::launch::Launch;

/// What a worker may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long it may take for one reply.
    pub deadline: Duration,
    /// How much memory may be resident, in bytes.
    pub memory: u64,
    /// Set from outside when the session is to end.
    pub stop: Arc<AtomicBool>,
}

/// How often the memory of a working worker is checked, and whether the session
/// is to end.
const TICK: Duration = Duration::from_millis(50);
/// How long a worker may take to end once its socket has.
const PARTING: Duration = Duration::from_secs(2);
/// How much is kept of what a worker prints.
const TAIL: usize = 2048;

/// A running worker. Dropping it kills its process group.
pub struct Process {
    child: Child,
    alive: OwnedFd,
    socket: UnixStream,
    received: Vec<u8>,
    /// So many of the bytes received have no end of a line.
    searched: usize,
    printed: Arc<Mutex<VecDeque<u8>>>,
    /// Ends with what the worker prints.
    reader: JoinHandle<()>,
    limits: Limits,
    /// Whether it runs the image of this process.
    is_own: bool,
}

impl Process {
    /// Starts a worker, whose temporary files go to `folder`.
    ///
    /// # Errors
    /// [`Cause::Start`] if the system refuses, and those of
    /// [`Launch::command`].
    pub fn start(
        launch: &Launch,
        folder: &Path,
        limits: &Limits,
    ) -> Result<Self, Failure> {
        let process = Self::run(launch.command()?, folder, limits);
        let mut process =
            process.map_err(|error| launch.not_started(&error))?;
        process.is_own = launch.is_own();
        Ok(process)
    }

    fn run(
        mut command: Command,
        folder: &Path,
        limits: &Limits,
    ) -> io::Result<Self> {
        let (socket, theirs) = UnixStream::pair()?;
        // A worker that does not read must not stop the measuring process.
        socket.set_write_timeout(Some(limits.deadline))?;
        let (output, prints) = io::pipe()?;
        let mut child = command
            .env("TMPDIR", folder)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(prints.try_clone()?)
            .stderr(prints)
            .process_group(0)
            .spawn()?;
        let pid = Pid::from_child(&child);
        let alive = pidfd_open(pid, PidfdFlags::empty());
        let alive = alive.inspect_err(|_| {
            // There is no `Process` yet whose drop would kill it.
            let _ = child.kill().and_then(|()| child.wait());
        })?;
        let printed = Arc::default();
        let reader = keep_tail(output, Arc::clone(&printed))?;
        let limits = limits.clone();
        Ok(Self {
            child,
            alive,
            socket,
            received: Vec::new(),
            searched: 0,
            printed,
            reader,
            limits,
            is_own: false,
        })
    }

    /// Starts a worker and has it say that it is this model with so many
    /// workers, or with one if it is serial.
    ///
    /// # Errors
    /// Those of [`Process::start`], [`Process::send`] and [`Process::hello`].
    pub fn greeted(
        launch: &Launch,
        folder: &Path,
        limits: &Limits,
        model: &str,
        workers: usize,
        serial: bool,
    ) -> Result<Self, Failure> {
        let mut process = Self::start(launch, folder, limits)?;
        process.send(&Request::Hello {
            protocol: protocol::VERSION,
            model: model.to_owned(),
            workers,
        })?;
        process.hello(model, if serial { 1 } else { workers })?;
        Ok(process)
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a request.
    ///
    /// # Errors
    /// [`Cause::Died`] or [`Cause::Protocol`] if the worker does not read it.
    pub fn send(&mut self, request: &Request) -> Result<(), Failure> {
        protocol::write(&mut self.socket, request)
            .map_err(|error| self.gone(&format!("does not read: {error}")))
    }

    /// Waits for the worker to say which model it is, and checks it.
    ///
    /// # Errors
    /// [`Cause::Mismatch`] if it is another one, and those of any reply.
    pub fn hello(
        &mut self,
        model: &str,
        workers: usize,
    ) -> Result<Hello, Failure> {
        match self.receive()? {
            Reply::Hello(hello) => {
                // Other programs have builds of their own.
                let build = self.is_own.then(image::build);
                attest(&hello, self.id(), model, workers)
                    .and_then(|()| build.map_or(Ok(()), |b| same(&hello, &b)))
                    .map_err(|what| Failure::new(Cause::Mismatch, what))?;
                Ok(hello)
            }
            other => Err(unexpected(&other)),
        }
    }

    /// Asks which models the worker can be.
    ///
    /// # Errors
    /// [`Cause::Mismatch`] if it speaks another version of the protocol, and
    /// those of any reply.
    pub fn describe(&mut self) -> Result<Vec<Described>, Failure> {
        let protocol = protocol::VERSION;
        self.send(&Request::Describe { protocol })?;
        match self.receive()? {
            Reply::Describe(Description { protocol: spoken, models }) => {
                if spoken == protocol {
                    return Ok(models);
                }
                let what = format!("it speaks protocol {spoken}");
                Err(Failure::new(Cause::Mismatch, what))
            }
            other => Err(unexpected(&other)),
        }
    }

    /// Asks for an input and one run of it.
    ///
    /// # Errors
    /// Those of [`Process::send`].
    pub fn prepare(
        &mut self,
        workload: &str,
        size: &Value,
        seed: u64,
    ) -> Result<(), Failure> {
        let (workload, size) = (workload.to_owned(), size.clone());
        self.send(&Request::Prepare { workload, size, seed })
    }

    /// Waits until the input is there; the answer must have this digest.
    ///
    /// # Errors
    /// [`Cause::Wrong`] if it has another, and those of any reply.
    pub fn prepared(&mut self, expected: u64) -> Result<(), Failure> {
        match self.receive()? {
            Reply::Prepared { digest } => check(digest, expected),
            other => Err(unexpected(&other)),
        }
    }

    /// A batch of runs, whose last answer must have this digest, if one is
    /// given.
    ///
    /// # Errors
    /// [`Cause::Wrong`] if it has another, [`Cause::Protocol`] for runs that
    /// took no time, and those of any reply.
    pub fn sample(
        &mut self,
        runs: u32,
        together: bool,
        expected: Option<u64>,
    ) -> Result<Sample, Failure> {
        let check = expected.is_some();
        self.send(&Request::Run { runs, together, check })?;
        let reply = self.receive()?;
        match (&reply, expected) {
            (Reply::Sample(sample), _) if sample.wall_ns == 0 => {
                Err(self.broken("a sample that took no time"))
            }
            (Reply::Sample(sample), None) if sample.runs == runs => {
                Ok(sample.clone())
            }
            (Reply::Sample(sample), Some(expected))
                if sample.runs == runs && sample.digest.is_some() =>
            {
                self::check(sample.digest.unwrap_or(0), expected)?;
                Ok(sample.clone())
            }
            _ => Err(unexpected(&reply)),
        }
    }

    /// One run with its spans, whose answer must have this digest. Times count
    /// from `origin`, nanoseconds of the monotonic clock.
    ///
    /// # Errors
    /// [`Cause::Wrong`] if the answer has another, [`Cause::Protocol`] for
    /// spans that cannot be, and those of any reply.
    pub fn trace(
        &mut self,
        origin: u64,
        expected: u64,
    ) -> Result<Traced, Failure> {
        self.send(&Request::Trace { origin })?;
        match self.receive()? {
            Reply::Trace(traced) => {
                check(traced.digest, expected)?;
                let workers = traced.workers.len();
                let fits = |&(_, worker, _, begin, end): &TracedSpan| {
                    let known = worker.is_none_or(|worker| worker < workers);
                    known && begin <= end
                };
                if traced.begin > traced.end || !traced.spans.iter().all(fits) {
                    return Err(
                        self.broken("a trace with spans that cannot be")
                    );
                }
                Ok(traced)
            }
            other => Err(unexpected(&other)),
        }
    }

    /// The figures of an exhibit.
    ///
    /// # Errors
    /// Those of any reply.
    pub fn exhibit(
        &mut self,
        name: &str,
        parameters: &Value,
    ) -> Result<Vec<f64>, Failure> {
        let (name, parameters) = (name.to_owned(), parameters.clone());
        self.send(&Request::Exhibit { name, parameters })?;
        match self.receive()? {
            Reply::Exhibit { numbers } => Ok(numbers),
            other => Err(unexpected(&other)),
        }
    }

    /// Closes the socket, so that the worker ends, and waits for it.
    pub fn end(self) {
        // If this fails, the drop that follows kills the worker.
        let _ = self.socket.shutdown(Shutdown::Both);
        let _ = wait(&mut [PollFd::new(&self.alive, PollFlags::IN)], PARTING);
    }

    /// Waits for one reply.
    fn receive(&mut self) -> Result<Reply, Failure> {
        let deadline = Instant::now() + self.limits.deadline;
        let line = self.line(deadline)?;
        self.memory()?;
        match protocol::parse(&line) {
            Ok(Reply::Error(refusal)) => Err(refusal.into()),
            Ok(reply) => Ok(reply),
            Err(error) => Err(self.broken(&error.to_string())),
        }
    }

    fn line(&mut self, deadline: Instant) -> Result<Vec<u8>, Failure> {
        loop {
            let new = &self.received[self.searched..];
            if let Some(end) = new.iter().position(|byte| *byte == b'\n') {
                let end = std::mem::take(&mut self.searched) + end;
                return Ok(self.received.drain(..=end).collect());
            }
            self.searched = self.received.len();
            if self.received.len() >= MOST_BYTES {
                let what = format!("a line of more than {MOST_BYTES} bytes");
                return Err(self.broken(&what));
            }
            if self.limits.stop.load(Ordering::Relaxed) {
                let what = "the session was stopped";
                return Err(Failure::new(Cause::Interrupted, what));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let what = format!("no reply in {:?}", self.limits.deadline);
                return Err(self.failure(Cause::Hung, &what));
            }
            let mut ready = [
                PollFd::new(&self.socket, PollFlags::IN),
                PollFd::new(&self.alive, PollFlags::IN),
            ];
            wait(&mut ready, left.min(TICK)).map_err(|error| {
                Failure::new(Cause::Failed, error.to_string())
            })?;
            let [socket, ended] = ready.map(|fd| !fd.revents().is_empty());
            if socket {
                self.fill()?;
            } else if ended {
                return Err(self.gone("no reply"));
            } else {
                self.memory()?;
            }
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let mut chunk = [0; 1 << 16];
        match self.socket.read(&mut chunk) {
            Ok(0) => Err(self.gone("closed its socket")),
            Ok(count) => {
                self.received.extend_from_slice(&chunk[..count]);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(self.gone(&error.to_string())),
        }
    }

    fn memory(&self) -> Result<(), Failure> {
        let cap = self.limits.memory;
        match resident(self.id()) {
            Some(bytes) if bytes > cap => {
                let [bytes, cap] = [bytes, cap].map(|bytes| bytes >> 20);
                let what =
                    format!("{bytes} MiB in use, with a cap of {cap} MiB");
                Err(self.failure(Cause::Memory, &what))
            }
            _ => Ok(()),
        }
    }

    /// Why a worker's socket has ended: usually since its process has.
    fn gone(&mut self, what: &str) -> Failure {
        let mut ended = [PollFd::new(&self.alive, PollFlags::IN)];
        // The socket may end a moment before the process does, on a busy
        // machine a long one.
        let _ = wait(&mut ended, PARTING);
        match self.child.try_wait() {
            Ok(Some(status)) => {
                // Its last words may still be in the pipe, which a process that
                // it started may hold open.
                let until = Instant::now() + PARTING;
                while !self.reader.is_finished() && Instant::now() < until {
                    thread::sleep(Duration::from_millis(1));
                }
                self.failure(Cause::Died, &status.to_string())
            }
            _ => self.broken(what),
        }
    }

    fn broken(&self, what: &str) -> Failure {
        self.failure(Cause::Protocol, what)
    }

    /// A failure with the last line that the worker printed, if there is one.
    fn failure(&self, cause: Cause, what: &str) -> Failure {
        let printed = self.printed.lock();
        let mut printed = printed.unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(printed.make_contiguous());
        let last = text.lines().rfind(|line| !line.trim().is_empty());
        let said = last.map(|line| format!("; it printed: {}", line.trim()));
        Failure::new(cause, format!("{what}{}", said.unwrap_or_default()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group outlives its leader if it left children behind.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

fn check(digest: u64, expected: u64) -> Result<(), Failure> {
    if digest == expected {
        return Ok(());
    }
    let what = format!("digest {digest:016x}, not {expected:016x}");
    Err(Failure::new(Cause::Wrong, what))
}

fn unexpected(reply: &Reply) -> Failure {
    let text = format!("not the reply that was asked for: {reply:?}");
    let start: String = text.chars().take(200).collect();
    Failure::new(Cause::Protocol, start)
}

/// The memory of a process that is resident, in bytes. It is looked at again
/// and again while a worker is measured: one small file, read by hand.
fn resident(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

fn wait(fds: &mut [PollFd<'_>], time: Duration) -> io::Result<()> {
    let time = Timespec::try_from(time).map_err(io::Error::other)?;
    match poll(fds, Some(&time)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Reads what a worker prints, so that it never waits for a reader, and keeps
/// the end of it.
fn keep_tail(
    mut output: PipeReader,
    printed: Arc<Mutex<VecDeque<u8>>>,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name("prints".into()).spawn(move || {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut chunk) {
            let mut tail =
                printed.lock().unwrap_or_else(PoisonError::into_inner);
            tail.extend(&chunk[..count]);
            let surplus = tail.len().saturating_sub(TAIL);
            tail.drain(..surplus);
        }
    })
}
