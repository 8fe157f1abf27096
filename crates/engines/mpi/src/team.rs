//! A job of `mpirun`, seen from the process that has started it.

mod guarded;
mod meeting;
mod member;

pub(crate) use member::stands_for_a_rank;

use crate::guard::ALIVE;
use crate::rank::WORD;
use crate::wire::{Order, Said, Told, broken};
use guarded::Guarded;
use lanes_core::{Context, Error, Network, preflight};
use meeting::{Meeting, subnet};
use member::{Heard, Member, Shared, name};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a job may take to be there, and how much more for each rank: only
/// one that will never be takes so long.
const STARTUP: (Duration, Duration) =
    (Duration::from_secs(30), Duration::from_secs(1));
/// How long ranks may take to end a run that is stopped. Afterwards the job is
/// killed: one of them hears nothing.
const GRACE: Duration = Duration::from_millis(50);
/// How long it may take until it is said why a job has ended that began.
const MOMENT: Duration = Duration::from_secs(1);
/// How often it is looked for a rank that comes, and for the end of the guard.
const TICK: Duration = Duration::from_millis(1);
/// How long it is between two runs that do not follow each other at once.
const PAUSE: Duration = Duration::from_micros(100);
/// What has happened already.
const NOW: Duration = Duration::ZERO;

/// A job. Dropping it ends all its processes.
pub(crate) struct Team {
    ranks: Vec<Arc<Member>>,
    shared: Arc<Shared>,
    events: Receiver<Event>,
    guard: UnixStream,
    threads: Vec<JoinHandle<()>>,
    last_run: u64,
    /// When the last run has ended.
    rests_since: Instant,
    /// The ranks that are to say that they have begun, and have not.
    late: BTreeSet<usize>,
    /// Whether it is broken by such a rank.
    was_late: bool,
    /// Why it is of no more use, if it is.
    broken: Option<Error>,
    /// Gone when all that is in it has ended.
    _folder: TempDir,
}

/// What happens in a job.
enum Event {
    /// The rank with this number says something.
    Heard(usize, Heard),
    /// The guard answers.
    Alive,
    /// The connection to a rank has ended.
    Lost(usize, Error),
    /// The job has ended.
    Ended(Error),
}

impl Team {
    /// Starts a job with a rank at each of these places.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for places that are not there and without
    /// `mpirun`, [`Error::Resource`] if the system refuses something, the
    /// cause of a stop, and [`Error::WorkerDied`] if the ranks do not come.
    pub(crate) fn start(
        network: &Network,
        context: &Context,
    ) -> Result<Self, Error> {
        let count = network.nodes.len();
        preflight::descriptors(2 * count + 16)?;
        preflight::threads(count + 4)?;
        let folder = tempfile::Builder::new().prefix("lanes-mpi-").tempdir();
        let folder = folder.map_err(|error| Error::temporary(&error))?;
        let meeting = Meeting::open(network.host)?;
        let places = serde_json::to_string(&network.nodes).map_err(broken)?;
        let words =
            [count.to_string(), subnet(network), meeting.address()?, places];
        let own = [folder.path().as_os_str().to_owned()];
        let arguments = own.into_iter().chain(words.map(OsString::from));
        let word = (WORD, meeting.word.to_string());
        let (mut guarded, guard) = Guarded::start(arguments, word)?;
        let (sender, events) = mpsc::channel();
        let mut team = Self {
            ranks: Vec::new(),
            shared: Arc::default(),
            events,
            guard,
            threads: Vec::new(),
            last_run: 0,
            rests_since: Instant::now(),
            late: BTreeSet::new(),
            was_late: false,
            broken: None,
            _folder: folder,
        };
        let ended = sender.clone();
        team.thread("guard".into(), move || {
            let alive = || ended.send(Event::Alive).is_ok();
            let why = guarded.ended(alive);
            // Nobody may wait for it any more.
            let _ = ended.send(Event::Ended(why));
        })?;
        let due = Instant::now() + STARTUP.0 + STARTUP.1 * count as u32;
        let mut come: Vec<_> = (0..count).map(|_| None).collect();
        while come.iter().any(Option::is_none) {
            team.look(context, due)?;
            let Some((rank, stream)) = meeting.next()? else { continue };
            if let Some(free @ None) = come.get_mut(rank) {
                *free = Some(stream);
            }
        }
        for (number, stream) in come.into_iter().flatten().enumerate() {
            let writer = Mutex::new(stream.try_clone()?);
            let rank = Arc::new(Member { number, writer });
            team.ranks.push(Arc::clone(&rank));
            let shared = Arc::clone(&team.shared);
            let events = sender.clone();
            let listen = move || rank.listen(stream, &shared, &events);
            team.thread(name(number), listen)?;
        }
        drop(sender);
        let mut ready = 0;
        while ready < count {
            ready += usize::from(team.look(context, due)?);
        }
        Ok(team)
    }

    fn thread(
        &mut self,
        name: String,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), Error> {
        let thread = thread::Builder::new().name(name).spawn(work)?;
        self.threads.push(thread);
        Ok(())
    }

    /// Waits a little while the job starts, and returns whether another rank is
    /// ready.
    fn look(&mut self, context: &Context, due: Instant) -> Result<bool, Error> {
        context.finish(())?;
        if Instant::now() > due {
            let what = "the ranks did not come in time".to_owned();
            return Err(Error::WorkerDied(what));
        }
        match self.hear(TICK) {
            Ok(Some((_, (Said::Ready(_), _)))) => Ok(true),
            Ok(Some((_, (Said::Failed(_, error), _)))) => Err(error),
            Ok(Some(_)) => Err(broken("a rank that is early")),
            Ok(None) => Ok(false),
            Err(error) => Err(self.why().unwrap_or(error)),
        }
    }

    /// What is said of the end of a job whose connections have ended.
    fn why(&mut self) -> Option<Error> {
        let begin = Instant::now();
        loop {
            let rest = MOMENT.checked_sub(begin.elapsed())?;
            let event = self.events.recv_timeout(rest).ok()?;
            if let Event::Ended(error) = event {
                return Some(error);
            }
        }
    }

    /// What a rank says next, if it does within this time.
    ///
    /// # Errors
    /// Why the job has ended.
    fn hear(
        &mut self,
        within: Duration,
    ) -> Result<Option<(usize, Heard)>, Error> {
        let error = match self.events.recv_timeout(within) {
            Ok(Event::Heard(rank, heard)) => return Ok(Some((rank, heard))),
            Ok(Event::Lost(rank, error)) => {
                self.was_late = self.late.contains(&rank);
                error
            }
            Err(RecvTimeoutError::Timeout) => return Ok(None),
            Err(RecvTimeoutError::Disconnected) => broken("nobody is left"),
            Ok(Event::Ended(error)) => error,
            Ok(Event::Alive) => broken("a guard that was not asked"),
        };
        self.broken = Some(error.clone());
        Err(error)
    }

    /// Why it is of no more use, if it is: also if a rank has died that had
    /// nothing to do.
    pub(crate) fn broken(&mut self) -> Option<&Error> {
        // What is left to be heard are ends.
        while self.broken.is_none() && matches!(self.hear(NOW), Ok(Some(_))) {}
        self.broken.as_ref()
    }

    /// Has the ranks take part in a run, and returns the answer of rank 0. When
    /// it returns, no rank works on it any more, unless the job is broken then.
    /// `None` if it is broken by a rank that had died before the run.
    ///
    /// # Errors
    /// The cause, if the run was stopped, something failed, or the job has
    /// ended.
    pub(crate) fn run(
        &mut self,
        context: &Context,
        order: Order,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.last_run += 1;
        // One that dies takes a moment until it is dead.
        let greeted = self.rests_since.elapsed() > PAUSE && !order.probed;
        let order = Order { run: self.last_run, greeted, ..order };
        self.late = (0..self.ranks.len()).filter(|_| greeted).collect();
        *lock(&self.shared.running) = Some(context.clone());
        let answer = self.ended(context, order).and_then(|answer| {
            // Who watches may do something to the guard, which shows at the
            // ranks only once they have died of it.
            let watched = context.is_probed();
            if watched { self.look_after_the_guard() } else { Ok(()) }?;
            Ok(answer)
        });
        *lock(&self.shared.running) = None;
        self.rests_since = Instant::now();
        if answer.is_err() && self.was_late && context.cause().is_none() {
            return Ok(None);
        }
        let answer = context.note(answer);
        context.finish(())?;
        let none = || broken("rank 0 has no answer");
        answer?.ok_or_else(none).map(Some)
    }

    fn ended(
        &mut self,
        context: &Context,
        order: Order,
    ) -> Result<Option<Vec<u8>>, Error> {
        let (run, order) = (order.run, Told::Run(order));
        self.tell(&order);
        let (mut left, mut answer) = (self.ranks.len(), None);
        let mut stopped = None;
        while left > 0 {
            match self.hear(Context::SLICE)? {
                Some((rank, (Said::Done { run: of, result, spans }, body)))
                    if of == run =>
                {
                    left -= 1;
                    if let Some(trace) = context.trace() {
                        trace.adopt(&name(rank), &spans);
                    }
                    if context.note(result).is_ok_and(|has_it| has_it) {
                        answer = body;
                    }
                }
                Some((rank, (Said::Begun(of), _))) if of == run => {
                    self.late.remove(&rank);
                }
                Some((_, (Said::Failed(of, error), _))) if of == run => {
                    context.stop(error);
                }
                Some(_) => return Err(self.breaks("another run")),
                None => {}
            }
            let Some(cause) = context.cause() else { continue };
            let now = Instant::now();
            let since = *stopped.get_or_insert_with(|| {
                self.tell(&Told::Stop(run));
                now
            });
            // A rank that waits for its probe is no worse than the probe.
            if self.shared.is_asking() {
                stopped = Some(now);
            } else if now - since > GRACE {
                self.broken = Some(cause.clone());
                return Err(cause);
            }
        }
        Ok(answer)
    }

    /// Whether the guard answers.
    ///
    /// # Errors
    /// Why the job has ended.
    fn look_after_the_guard(&mut self) -> Result<(), Error> {
        // One that is gone is missed.
        let _ = (&self.guard).write_all(ALIVE);
        let begin = Instant::now();
        loop {
            let rest = MOMENT.saturating_sub(begin.elapsed());
            let error = match self.events.recv_timeout(rest) {
                Ok(Event::Alive) => return Ok(()),
                Ok(Event::Heard(..)) => continue,
                Ok(Event::Lost(_, error) | Event::Ended(error)) => error,
                Err(_) => Error::WorkerDied("the guard of its ranks".into()),
            };
            self.broken = Some(error.clone());
            return Err(error);
        }
    }

    fn breaks(&mut self, what: &str) -> Error {
        let error = broken(what);
        self.broken = Some(error.clone());
        error
    }

    /// Tells all ranks. One that is not there any more is missed soon.
    fn tell(&self, what: &Told) {
        for rank in &self.ranks {
            let _ = rank.tell(what);
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        // The guard ends all others. Their connections would end with them if
        // no link were cut.
        let _ = self.guard.shutdown(Shutdown::Both);
        for rank in &self.ranks {
            rank.part();
        }
        for thread in self.threads.drain(..) {
            // One that panicked has nothing to report.
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
