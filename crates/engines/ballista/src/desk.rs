//! What the process of an executor knows of the run that it works for: whether
//! it was stopped, whether grains are to be asked for, and how many tasks are
//! at work.

use crate::message::{Word, say};
use lanes_core::{Context, Error, Probe, Watch};
use std::collections::VecDeque;
use std::os::unix::net::UnixStream;
use std::panic;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

/// How many jobs that were stopped are remembered: a task of one may still be
/// on its way.
const REMEMBERED: usize = 16;

/// How many characters of a message are told.
const MOST: usize = 400;

/// The desk of one process.
#[derive(Debug)]
pub(crate) struct Desk {
    socket: Mutex<UnixStream>,
    run: Mutex<Run>,
    /// Held while a grain is asked for: one at a time.
    asking: Mutex<()>,
    answer: Mutex<Option<bool>>,
    answered: Condvar,
}

#[derive(Default)]
struct Run {
    context: Context,
    probed: bool,
    at_work: usize,
    stopped: VecDeque<String>,
    /// Whether the model waits until no task is left.
    awaited: bool,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { probed, at_work, stopped, awaited, .. } = self;
        f.debug_struct("Run")
            .field("probed", probed)
            .field("at_work", at_work)
            .field("stopped", stopped)
            .field("awaited", awaited)
            .finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk whose model is at the other end of this socket.
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self {
            socket: Mutex::new(socket),
            run: Mutex::default(),
            asking: Mutex::default(),
            answer: Mutex::default(),
            answered: Condvar::new(),
        }
    }

    /// Says something to the model. One that has gone is seen by the thread
    /// that hears its orders.
    pub(crate) fn say(&self, word: &Word) {
        let _ = say(&mut *lock(&self.socket), word);
    }

    /// Says why this process cannot be what it was to be, in one line.
    pub(crate) fn refuse(&self, error: &Error) {
        let why = match error {
            Error::Unsupported(why) | Error::Task(why) => why.clone(),
            other => other.to_string(),
        };
        self.say(&Word::Refused(why));
    }

    /// Says what a panic says, whichever part of Ballista it is in: what comes
    /// of it need not name the cause.
    pub(crate) fn tell_of_panics(self: &Arc<Self>) {
        let (desk, usual) = (Arc::clone(self), panic::take_hook());
        panic::set_hook(Box::new(move |info| {
            let said = info.payload_as_str().unwrap_or("no message");
            let said = said.chars().take(MOST).collect();
            desk.say(&Word::Panicked(said));
            usual(info);
        }));
    }

    /// A run begins.
    pub(crate) fn begin(self: &Arc<Self>, probed: bool) {
        let context = match probed {
            false => Context::new(),
            true => self.probed(),
        };
        let mut run = lock(&self.run);
        (run.context, run.probed, run.awaited) = (context, probed, false);
        drop(run);
        self.say(&Word::Begun);
    }

    /// A context whose grains the model is asked for.
    fn probed(self: &Arc<Self>) -> Context {
        let desk: Weak<Self> = Arc::downgrade(self);
        let probe: Probe = Arc::new(move |task| {
            let may = desk.upgrade().is_some_and(|desk| desk.ask(task));
            if may { Ok(()) } else { Err(Error::Cancelled) }
        });
        let watch = Watch { probe: Some(probe), ..Watch::default() };
        // Without a deadline it takes no thread.
        Context::watching(watch).unwrap_or_default()
    }

    /// Whether a task may work on a grain: the probe is the model's, and is
    /// asked there.
    fn ask(&self, task: usize) -> bool {
        let _one = lock(&self.asking);
        lock(&self.answer).take();
        self.say(&Word::Ask(task));
        let mut answer = lock(&self.answer);
        loop {
            if let Some(may) = answer.take() {
                return may;
            }
            let waited = self.answered.wait(answer);
            answer = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The model has answered.
    pub(crate) fn answer(&self, may: bool) {
        *lock(&self.answer) = Some(may);
        self.answered.notify_all();
    }

    /// The run is stopped.
    pub(crate) fn stop(&self, job: Option<String>) {
        let mut run = lock(&self.run);
        run.context.cancel();
        run.stopped.extend(job);
        let more = run.stopped.len().saturating_sub(REMEMBERED);
        run.stopped.drain(..more);
        run.awaited = run.at_work > 0;
        let rests = !run.awaited;
        drop(run);
        if rests {
            self.say(&Word::Rests);
        }
    }

    /// The context of the run, and whether its grains are asked for.
    pub(crate) fn context(&self) -> (Context, bool) {
        let run = lock(&self.run);
        (run.context.clone(), run.probed)
    }

    /// A task of this job begins, and ends when the guard is dropped.
    ///
    /// # Errors
    /// The cause, if the run or the job was stopped.
    pub(crate) fn task(self: &Arc<Self>, job: &str) -> Result<AtWork, Error> {
        let mut run = lock(&self.run);
        run.context.finish(())?;
        if run.stopped.iter().any(|stopped| stopped == job) {
            return Err(Error::Cancelled);
        }
        run.at_work += 1;
        Ok(AtWork(Arc::clone(self)))
    }
}

/// A task that is at work.
#[derive(Debug)]
pub(crate) struct AtWork(Arc<Desk>);

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut run = lock(&self.0.run);
        run.at_work -= 1;
        let rests = run.awaited && run.at_work == 0;
        run.awaited &= !rests;
        drop(run);
        if rests {
            self.0.say(&Word::Rests);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Heard;
    use std::thread;

    fn desk() -> (Arc<Desk>, Heard) {
        let (here, there) = UnixStream::pair().unwrap();
        (Arc::new(Desk::new(here)), Heard::by(there))
    }

    #[test]
    fn a_process_rests_when_its_last_task_has_ended() {
        let (desk, mut heard) = desk();
        let tasks = [desk.task("a").unwrap(), desk.task("a").unwrap()];
        desk.stop(Some("a".into()));
        assert!(desk.task("a").is_err() && desk.task("b").is_err());
        drop(tasks);
        desk.begin(false);
        assert!(matches!(heard.next(), Some(Word::Rests)));
        assert!(matches!(heard.next(), Some(Word::Begun)));
        // A job that was stopped stays so, and the next one begins.
        assert!(desk.task("a").is_err() && desk.task("b").is_ok());
        desk.stop(None);
        assert!(matches!(heard.next(), Some(Word::Rests)));
    }

    #[test]
    fn grains_are_asked_for_only_when_they_are_to_be() {
        let (desk, mut heard) = desk();
        assert_eq!(desk.context().0.grain(3), Ok(()));
        desk.begin(true);
        let (context, probed) = desk.context();
        let asking =
            thread::spawn(move || (context.grain(3), context.grain(4)));
        assert!(matches!(heard.next(), Some(Word::Begun)) && probed);
        assert!(matches!(heard.next(), Some(Word::Ask(3))));
        desk.answer(true);
        assert!(matches!(heard.next(), Some(Word::Ask(4))));
        desk.answer(false);
        let cancelled = (Ok(()), Err(Error::Cancelled));
        assert_eq!(asking.join().unwrap(), cancelled);
    }
}
