//! A worker's process, seen from the process that measures.

mod ending;
mod group;
mod memory_kills;
mod plausible;
mod prints;

use crate::attest::{attest, same};
use crate::failure::{Cause, Failure};
use crate::foreign;
use crate::image;
use crate::protocol::{
    self, Described, Description, Hello, MOST_BYTES, Refusal, Reply, Request,
    Sample, Traced,
};
use group::Group;
use lanes_core::Error;
use lanes_core::trace::monotonic;
use memory_kills::MemoryKills;
use plausible::Doubt;
use prints::Prints;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::Value;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub use crate::launch::Launch;

/// What a worker may use.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How long it may take for one reply.
    pub deadline: Duration,
    /// How much memory may be resident, in bytes, for its process and all that
    /// it has started.
    pub memory: u64,
    /// Set from outside when the session is to end.
    pub stop: Arc<AtomicBool>,
}

/// How often it is looked whether a worker has ended, how much memory it uses,
/// and whether the session is to end.
const TICK: Duration = Duration::from_millis(50);
/// How long a worker may take to end once its socket has.
const PARTING: Duration = Duration::from_secs(2);
/// How long the last words of a dead worker may take.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// How long a run that was asked to end may take, once its deadline has passed:
/// a grain is shorter than half of it.
const MERCY: Duration = Duration::from_millis(200);

/// A running worker. Dropping it kills its process and all that it has started.
pub struct Process {
    group: Group,
    socket: UnixStream,
    received: Vec<u8>,
    /// So many of the bytes received have no end of a line.
    searched: usize,
    /// So many replies are still to come to requests that were given up.
    owed: usize,
    prints: Prints,
    kills: MemoryKills,
    doubt: Doubt,
    limits: Limits,
    /// Whether it runs the image of this process.
    is_own: bool,
}

impl Process {
    /// Starts a worker, whose temporary files go to `folder`.
    ///
    /// # Errors
    /// [`Cause::Start`] if the system refuses, with the call, and those of
    /// [`Launch::command`].
    pub fn start(
        launch: &Launch,
        folder: &Path,
        limits: &Limits,
    ) -> Result<Self, Failure> {
        let mut command = launch.command()?;
        let refused = |call| move |error| launch.refused(call, &error);
        let (socket, theirs) =
            UnixStream::pair().map_err(refused("socketpair"))?;
        // A worker that does not read must not stop the measuring process.
        socket
            .set_write_timeout(Some(limits.deadline))
            .map_err(refused("setsockopt"))?;
        let (prints, output) = Prints::start()
            .map_err(|(call, error)| launch.refused(call, &error))?;
        let errors = output.try_clone().map_err(refused("fcntl"))?;
        command
            .env("TMPDIR", folder)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(output)
            .stderr(errors);
        let group = Group::start(&mut command)
            .map_err(|error| launch.not_started(&error))?;
        Ok(Self {
            kills: MemoryKills::of(group.id()),
            group,
            socket,
            received: Vec::new(),
            searched: 0,
            owed: 0,
            prints,
            doubt: Doubt::default(),
            limits: limits.clone(),
            is_own: launch.is_own(),
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
        process.send(&Request::hello(model, workers))?;
        process.hello(model, if serial { 1 } else { workers })?;
        Ok(process)
    }

    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.group.id()
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
        match self.ran()? {
            Reply::Prepared { digest } => check(digest, expected),
            other => Err(unexpected(&other)),
        }
    }

    /// A batch of runs, whose last answer must have this digest, if one is
    /// given.
    ///
    /// # Errors
    /// [`Cause::Wrong`] if it has another, [`Cause::Protocol`] for times that
    /// cannot be, and those of any reply.
    pub fn sample(
        &mut self,
        runs: u32,
        together: bool,
        expected: Option<u64>,
    ) -> Result<Sample, Failure> {
        let begin = Instant::now();
        self.ask(runs, together, expected.is_some())?;
        let reply = self.ran()?;
        let elapsed = begin.elapsed();
        let sample = match (reply, expected) {
            (Reply::Sample(sample), None) if sample.runs == runs => sample,
            (Reply::Sample(sample), Some(expected))
                if sample.runs == runs && sample.digest.is_some() =>
            {
                check(sample.digest.unwrap_or(0), expected)?;
                sample
            }
            (reply, _) => return Err(unexpected(&reply)),
        };
        plausible::possible(&sample, elapsed)
            .and_then(|()| match expected {
                None => self.doubt.look(&sample, elapsed),
                Some(_) => Ok(()),
            })
            .map_err(|what| self.broken(&what))?;
        Ok(sample)
    }

    /// Asks for a batch of runs, and does not wait for it; see
    /// [`Process::cancel`].
    ///
    /// # Errors
    /// Those of [`Process::send`].
    pub fn ask(
        &mut self,
        runs: u32,
        together: bool,
        check: bool,
    ) -> Result<(), Failure> {
        self.send(&Request::Run { runs, together, check })
    }

    /// Waits for one reply, whatever was asked: the refusal, if it is one.
    ///
    /// # Errors
    /// Those of any reply that is no refusal.
    pub fn refusal(&mut self) -> Result<Option<Refusal>, Failure> {
        let deadline = Instant::now() + self.limits.deadline;
        Ok(match self.reply(deadline)? {
            Reply::Error(refusal) => Some(refusal),
            _ => None,
        })
    }

    /// From now on, how long the worker may take for one reply.
    pub fn within(&mut self, deadline: Duration) {
        self.limits.deadline = deadline;
    }

    /// Waits for the reply to a request that runs something. If its deadline
    /// passes, the run is asked to end: the failure says whether it did.
    fn ran(&mut self) -> Result<Reply, Failure> {
        let failure = match self.receive() {
            Err(failure) if failure.cause == Cause::Hung => failure,
            other => return other,
        };
        let what = match self.cancel_before(Instant::now() + MERCY) {
            Ok(true) => "too slow: it ended when it was asked to",
            _ => "nor did it end when it was asked to",
        };
        let what = format!("{}; {what}", failure.message);
        Err(Failure::new(failure.cause, what))
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
        let now = || monotonic().saturating_sub(origin);
        let asked = now();
        self.send(&Request::Trace { origin })?;
        match self.ran()? {
            Reply::Trace(traced) => {
                check(traced.digest, expected)?;
                plausible::traced(&traced, asked, now())
                    .map_err(|what| self.broken(&what))?;
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

    /// Waits for one reply.
    fn receive(&mut self) -> Result<Reply, Failure> {
        let deadline = Instant::now() + self.limits.deadline;
        match self.reply(deadline)? {
            Reply::Error(refusal) => Err(refusal.into()),
            reply => Ok(reply),
        }
    }

    /// Waits for one reply, which may be an error. Those to requests that were
    /// given up come before it, and are nobody's.
    fn reply(&mut self, deadline: Instant) -> Result<Reply, Failure> {
        while self.owed > 0 {
            self.line(deadline)?;
            self.owed -= 1;
        }
        let line = self.line(deadline)?;
        self.memory()?;
        protocol::parse(&line).map_err(|error| self.broken(&error.to_string()))
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
            let mut socket = [PollFd::new(&self.socket, PollFlags::IN)];
            wait(&mut socket, left.min(TICK))?;
            if !socket[0].revents().is_empty() {
                self.fill()?;
            } else if self.group.has_ended() {
                // Another process may hold its socket.
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
            Err(error) => Err(self.gone(&format!("read: {error}"))),
        }
    }

    fn memory(&mut self) -> Result<(), Failure> {
        let cap = self.limits.memory;
        match self.group.resident() {
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
        // The socket may end a moment before the process does, on a busy
        // machine a long one.
        if !self.group.wait(PARTING) {
            return self.broken(what);
        }
        // What it left behind may hold the pipe open in which its last words
        // are.
        let Some(status) = self.group.kill() else { return self.broken(what) };
        self.prints.wait(LAST_WORDS);
        // Nobody here has killed it.
        if status.signal() == Some(KILLED) && self.kills.went_up() {
            let what = format!("the system killed it for memory ({status})");
            return self.failure(Cause::Memory, &what);
        }
        self.failure(Cause::Died, &status.to_string())
    }

    fn broken(&self, what: &str) -> Failure {
        self.failure(Cause::Protocol, what)
    }

    /// A failure with the last line that the worker printed, if there is one.
    fn failure(&self, cause: Cause, what: &str) -> Failure {
        let said = self.prints.last();
        let said = said.map(|line| format!("; it printed: {line}"));
        Failure::new(cause, format!("{what}{}", said.unwrap_or_default()))
    }
}

/// The number of the signal that ends a process without asking.
const KILLED: i32 = rustix::process::Signal::KILL.as_raw();

fn check(digest: u64, expected: u64) -> Result<(), Failure> {
    if digest == expected {
        return Ok(());
    }
    let what = format!("digest {digest:016x}, not {expected:016x}");
    Err(Failure::new(Cause::Wrong, what))
}

fn unexpected(reply: &Reply) -> Failure {
    let text = format!("not the reply that was asked for: {reply:?}");
    Failure::new(Cause::Protocol, foreign::shortened(&text, 200))
}

fn wait(fds: &mut [PollFd<'_>], time: Duration) -> Result<(), Failure> {
    let time = Timespec::try_from(time).map_err(io::Error::other);
    let polled = time.and_then(|time| match poll(fds, Some(&time)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    });
    polled.map_err(|error| {
        let what = format!("poll: {}", Error::from(error));
        Failure::new(Cause::Failed, what)
    })
}
