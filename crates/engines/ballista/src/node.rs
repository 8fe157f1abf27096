//! A process of the cluster, seen from the model: an executor or the scheduler.
//!
//! A thread stands for each: it starts the process, hears what it says, asks
//! the probe of a run for it, and is there as long as the process is, which the
//! system kills otherwise.

use crate::message::{Heard, Order, Role, Word, say};
use crate::process;
use lanes_core::{Context, Error, caught};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::cell::Cell;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often it is looked whether a probe is still being asked.
const SLICE: Duration = Duration::from_millis(20);

thread_local! {
    /// Whether this thread stands for a process.
    static STANDS: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread stands for a process: a run from here would wait
/// for itself.
pub(crate) fn is_within() -> bool {
    STANDS.get()
}

/// A process. Dropped, it is killed, and gone.
pub(crate) struct Node {
    name: String,
    socket: UnixStream,
    pidfd: Arc<OwnedFd>,
    words: Receiver<Word>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread of a process and its model both look at.
#[derive(Default)]
struct Shared {
    gone: AtomicBool,
    /// How it has ended.
    status: Mutex<Option<ExitStatus>>,
    /// What the last panic in it has said.
    panic: Mutex<Option<String>>,
    /// Whether a probe is being asked.
    asking: AtomicBool,
    /// The run that grains are asked for in.
    run: Mutex<Option<Context>>,
}

impl Node {
    /// Starts a process with this role. `ends` is notified when it has ended.
    ///
    /// # Errors
    /// [`Error::Resource`] if the system refuses.
    pub(crate) fn start(
        name: String,
        role: &Role,
        ends: &watch::Sender<()>,
    ) -> Result<Self, Error> {
        process::link();
        let (socket, theirs) = UnixStream::pair()?;
        // A process that is stopped does not hold up the model.
        socket.set_write_timeout(Some(Duration::from_millis(100)))?;
        let mut command = command(role)?;
        command.stdin(Stdio::from(OwnedFd::from(theirs)));
        let (says, words) = mpsc::channel();
        let (started, start) = mpsc::channel();
        let shared = Arc::<Shared>::default();
        let (own, heard) = (Arc::clone(&shared), socket.try_clone()?);
        let ends = ends.clone();
        let stand = move || {
            STANDS.set(true);
            let child = command.spawn();
            // Its own end of the socket goes with it.
            drop(command);
            let mut child = match child {
                Ok(child) => child,
                Err(error) => return drop(started.send(Err(error))),
            };
            let id = Pid::from_child(&child);
            match pidfd_open(id, PidfdFlags::empty()).map(Arc::new) {
                Ok(pidfd) => {
                    let _ = started.send(Ok(Arc::clone(&pidfd)));
                    hear(heard, &pidfd, &own, &says);
                }
                Err(error) => drop(started.send(Err(error.into()))),
            }
            let _ = child.kill();
            *lock(&own.status) = child.wait().ok();
            own.gone.store(true, Ordering::Release);
            drop(says);
            ends.send_replace(());
        };
        let thread = thread::Builder::new().name(name.clone()).spawn(stand)?;
        let pidfd = start.recv().unwrap_or_else(|_| {
            Err(io::Error::other("the thread of a process ended"))
        })?;
        let thread = Some(thread);
        Ok(Self { name, socket, pidfd, words, shared, thread })
    }

    /// Whether the process has ended.
    pub(crate) fn is_gone(&self) -> bool {
        self.shared.gone.load(Ordering::Acquire)
    }

    /// Waits until it is there, and returns its port.
    ///
    /// # Errors
    /// [`Error::Unsupported`] with the reason if it cannot be there,
    /// [`Error::WorkerDied`] if it does not come in time.
    pub(crate) fn ready(&self, until: Instant) -> Result<u16, Error> {
        let left = until.saturating_duration_since(Instant::now());
        match self.words.recv_timeout(left) {
            Ok(Word::Ready(port)) => Ok(port),
            Ok(Word::Refused(why)) => {
                Err(Error::Unsupported(format!("{}: {why}", self.name)))
            }
            Ok(other) => Err(Error::Protocol(format!("{other:?}"))),
            Err(RecvTimeoutError::Timeout) => {
                let name = &self.name;
                Err(Error::WorkerDied(format!("{name} did not come in time")))
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.died()),
        }
    }

    /// That it has ended, and how.
    pub(crate) fn died(&self) -> Error {
        let status = lock(&self.shared.status);
        let how = status.map_or("no status".into(), |s| s.to_string());
        Error::WorkerDied(format!("{} has ended: {how}", self.name))
    }

    /// What a panic in it has said since the last run began.
    pub(crate) fn panicked(&self) -> Option<String> {
        lock(&self.shared.panic).clone()
    }

    /// Lets it know that a run begins. A probe is asked before its grains.
    pub(crate) fn begin(&self, run: &Context) {
        while self.words.try_recv().is_ok() {}
        let probed = run.is_probed();
        lock(&self.shared.panic).take();
        *lock(&self.shared.run) = probed.then(|| run.clone());
        self.order(&Order::Begin { probed });
    }

    /// Waits until it knows, and says whether it does.
    pub(crate) fn has_begun(&self, until: Instant) -> bool {
        self.says(until, |word| matches!(word, Word::Begun))
    }

    /// Has it stop the run, and begin no task of this job any more.
    pub(crate) fn stop(&self, job: Option<&str>) {
        while self.words.try_recv().is_ok() {}
        self.order(&Order::Stop { job: job.map(str::to_owned) });
    }

    /// Waits until it has no task left, and says whether that is so. It may
    /// take until then, or as much longer as the run's own probe is asked.
    pub(crate) fn rests(&self, until: Instant) -> bool {
        let mut until = until;
        loop {
            if self.says(until, |word| matches!(word, Word::Rests)) {
                return true;
            }
            // A probe is the run's own, and may take its time.
            let is_asking = self.shared.asking.load(Ordering::Acquire);
            if self.is_gone() || !is_asking {
                return false;
            }
            until = Instant::now() + SLICE;
        }
    }

    fn says(&self, until: Instant, what: fn(&Word) -> bool) -> bool {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.words.recv_timeout(left) {
                Ok(word) if what(&word) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }

    fn order(&self, order: &Order) {
        // A process that has ended, or is stopped, does not answer.
        let _ = say(&mut &self.socket, order);
    }

    /// Kills the process.
    pub(crate) fn kill(&self) {
        let _ = pidfd_send_signal(&*self.pidfd, Signal::KILL);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn command(role: &Role) -> Result<Command, Error> {
    let mark = match role {
        Role::Scheduler { .. } => process::SCHEDULER,
        Role::Executor { .. } => process::EXECUTOR,
    };
    let role = serde_json::to_string(role);
    let role = role.map_err(|error| Error::Protocol(error.to_string()))?;
    // The file that runs, also where it was replaced in the meantime.
    let mut command = Command::new("/proc/self/exe");
    let own = std::process::id().to_string();
    // The standard output of this process may carry data of its own.
    command.arg0(mark).arg(own).arg(role).stdout(io::stderr());
    if mark == process::SCHEDULER {
        // Killed with the group of this process, it could not clean up.
        command.process_group(0);
    }
    Ok(command)
}

/// Hears a process until it has ended.
fn hear(
    socket: UnixStream,
    pidfd: &OwnedFd,
    shared: &Shared,
    says: &Sender<Word>,
) {
    let Ok(answers) = socket.try_clone() else { return };
    let Ok(watched) = socket.try_clone() else { return };
    let mut heard = Heard::by(socket);
    loop {
        // Its end of the socket may be held open by others.
        if !heard.has_more() && !is_there(&watched, pidfd) {
            return;
        }
        match heard.next() {
            None => return,
            Some(Word::Ask(task)) => {
                shared.asking.store(true, Ordering::Release);
                let run = lock(&shared.run).clone();
                let may = run.is_some_and(|run| {
                    run.note(caught(|| run.grain(task))).is_ok()
                });
                shared.asking.store(false, Ordering::Release);
                let _ = say(&mut &answers, &Order::Answer(may));
            }
            Some(Word::Panicked(what)) => {
                *lock(&shared.panic) = Some(what);
            }
            // Nobody waits for it if nobody is there.
            Some(word) => drop(says.send(word)),
        }
    }
}

/// Waits until the process says something, and says whether it is there.
fn is_there(socket: &UnixStream, pidfd: &OwnedFd) -> bool {
    loop {
        let mut both = [
            PollFd::new(socket, PollFlags::IN),
            PollFd::new(pidfd, PollFlags::IN),
        ];
        match poll(&mut both, None) {
            Err(Errno::INTR) => continue,
            Err(_) => return false,
            Ok(_) => return !both[0].revents().is_empty(),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
