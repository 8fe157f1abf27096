//! From what a use does to what was observed.

use crate::observed::{Observed, Outcome, Tasks};
use crate::work::{self, FAULT, TASKS, TOTAL};
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What a call gives that a library may fail: any error, as in its examples.
pub(crate) type Done<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// The timeout of requests: ten times what lies between two bytes of a slow
/// reply.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(200);
/// The timeout of computations, a fraction of [`work::LONG`].
pub(crate) const DEADLINE: Duration = Duration::from_millis(50);

/// How a call returned.
enum Returned {
    Value,
    Error(String),
    Panic(String),
}

/// Makes the call: how it returned, after how long, and whether what it gave
/// panics when it is dropped.
fn call(call: impl FnOnce() -> Done) -> (Returned, Duration, bool) {
    let begin = Instant::now();
    let left = panic::catch_unwind(AssertUnwindSafe(call));
    let took = begin.elapsed();
    let (returned, drop_it): (_, Box<dyn FnOnce()>) = match left {
        Ok(Ok(())) => (Returned::Value, Box::new(|| ())),
        Ok(Err(error)) => {
            (Returned::Error(described(&*error)), Box::new(|| drop(error)))
        }
        Err(payload) => {
            (Returned::Panic(message(&*payload)), Box::new(|| drop(payload)))
        }
    };
    let explodes = match panic::catch_unwind(AssertUnwindSafe(drop_it)) {
        Ok(()) => false,
        Err(payload) => {
            drop(payload);
            true
        }
    };
    (returned, took, explodes)
}

/// An error's text, with the kind and number of one that the system gave.
fn described(error: &(dyn Error + Send + Sync + 'static)) -> String {
    let Some(error) = error.downcast_ref::<io::Error>() else {
        return error.to_string();
    };
    let number = error.raw_os_error().map(|n| format!(", errno {n}"));
    format!("{:?}{}: {error}", error.kind(), number.unwrap_or_default())
}

/// The text of a panic's payload. That of crossbeam's scope is a list.
fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else if let Some(panics) =
        payload.downcast_ref::<Vec<Box<dyn Any + Send>>>()
    {
        let texts: Vec<_> = panics.iter().map(|one| message(&**one)).collect();
        texts.join(", ")
    } else {
        "a payload that is no text".to_owned()
    }
}

/// A panic's payload that a library returned, as an error.
pub(crate) struct Payload(Mutex<Box<dyn Any + Send>>);

impl Payload {
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        Self(Mutex::new(payload))
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        f.write_str(&message(&**payload))
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({self})")
    }
}

impl Error for Payload {}

/// A run of [`work::TASKS`] tasks, of which one fails: how the call returns,
/// and how many of its siblings end, before and after that.
pub(crate) fn failure(run: impl FnOnce() -> Done) -> Observed {
    let (observed, ended) = failing(run);
    let later = work::ended() - ended;
    let tasks = Tasks { ended, later, of: TASKS - 1 };
    let detail = format!("{}; {tasks}", observed.detail);
    Observed { detail, ..observed }.tasks(tasks)
}

/// A run of [`work::TASKS`] tasks that all fail: how the call returns, and how
/// many have begun.
pub(crate) fn failures(run: impl FnOnce() -> Done) -> Observed {
    let (observed, _) = failing(run);
    let failed = work::failed();
    let detail = format!("{}; {failed} of {TASKS} fail", observed.detail);
    Observed { detail, ..observed }
}

/// A run that fails, and how many tasks had ended when the call returned.
fn failing(run: impl FnOnce() -> Done) -> (Observed, usize) {
    let (returned, took, explodes) = call(run);
    let ended = work::ended();
    work::settle();
    let kept = |text: &str| {
        if text.contains(FAULT) { "with its message" } else { "says only" }
    };
    let (outcome, how) = match returned {
        Returned::Value => (Outcome::Loses, "returns Ok".to_owned()),
        Returned::Error(text) => {
            (Outcome::Errs, format!("an error {}: {text}", kept(&text)))
        }
        Returned::Panic(text) => {
            (Outcome::Rethrows, format!("a panic {}: {text}", kept(&text)))
        }
    };
    let again = if explodes { ", which panics when dropped" } else { "" };
    let after = millis(took);
    let detail = format!("{how}{again}, after {after:.0} ms");
    (Observed::new(outcome, detail).millis(after), ended)
}

/// A call that is to return what it was asked for.
pub(crate) fn answer(run: impl FnOnce() -> Done) -> Observed {
    let (returned, took, _) = call(run);
    let (outcome, how) = match returned {
        Returned::Value => (Outcome::Answers, "Ok".to_owned()),
        Returned::Error(text) => (Outcome::Errs, text),
        Returned::Panic(text) => (Outcome::Rethrows, text),
    };
    let after = millis(took);
    Observed::new(outcome, format!("{how}, after {after:.0} ms")).millis(after)
}

/// A request that has a timeout: also whether its reply came in time.
pub(crate) fn reply(request: impl FnOnce() -> Done) -> Observed {
    let observed = answer(request);
    let late = observed.millis.is_some_and(|took| took > millis(LATE));
    match observed.outcome {
        Outcome::Answers if late => {
            Observed { outcome: Outcome::Waits, ..observed }
        }
        _ => observed,
    }
}

/// A reply after this was not in time. A slow one takes at least 1.28 s.
const LATE: Duration = Duration::from_secs(1);

/// A run on a pool of zero workers: how it returns, and on how many threads
/// its tasks computed.
pub(crate) fn workers(run: impl FnOnce() -> Done) -> Observed {
    let observed = answer(run);
    let threads = work::threads();
    let detail =
        format!("{}; threads that computed: {threads}", observed.detail);
    Observed { detail, ..observed }
}

/// A call that is to end the work that has begun, as it says in words: whether
/// it does, and whether it waits for that.
pub(crate) fn ending(stop: impl FnOnce() -> String) -> Observed {
    let begin = Instant::now();
    let said = stop();
    let took = millis(begin.elapsed());
    let (running, ended) = (work::running(), work::ended());
    work::settle();
    let later = work::ended() - ended;
    let tasks = Tasks { ended, later, of: work::begun() };
    let outcome = if later > 0 || running > 0 {
        Outcome::RunsOn
    } else if ended == work::begun() {
        Outcome::Waits
    } else {
        Outcome::Stops
    };
    let detail = format!("{said}, after {took:.0} ms; {tasks}");
    Observed::new(outcome, detail).tasks(tasks).millis(took)
}

static SERVED: AtomicBool = AtomicBool::new(false);

/// What the neighbour of blocked tasks does.
pub(crate) fn neighbour() {
    SERVED.store(true, Ordering::SeqCst);
}

/// Has [`neighbour`] run again and again while other tasks block: the longest
/// time from asking for it until it ran.
pub(crate) fn starving(ask: impl Fn()) -> Observed {
    let begin = Instant::now();
    let mut longest = Duration::ZERO;
    let mut asked = 0;
    while begin.elapsed() < work::BLOCKED {
        SERVED.store(false, Ordering::SeqCst);
        let since = Instant::now();
        ask();
        asked += 1;
        while !SERVED.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_micros(200));
        }
        longest = longest.max(since.elapsed());
        thread::sleep(Duration::from_millis(2));
    }
    let longest = millis(longest);
    let starved = longest > millis(work::BLOCKED) / 2.0;
    let outcome = if starved { Outcome::Starves } else { Outcome::Answers };
    let detail = format!("the longest of {asked} waits is {longest:.0} ms");
    Observed::new(outcome, detail).millis(longest)
}

/// What the next holder of a lock sees: a total, and whether the lock refuses.
pub(crate) fn seen(total: u32, poisoned: bool) -> Observed {
    let outcome = match (poisoned, total == TOTAL) {
        (true, _) => Outcome::Poisons,
        (false, true) => Outcome::Answers,
        (false, false) => Outcome::Torn,
    };
    let refuses = if poisoned { "refuses" } else { "opens" };
    let detail = format!("the lock {refuses}; inside are {total} of {TOTAL}");
    Observed::new(outcome, detail)
}

/// A hundred runs, each with its own start and end: the threads that are left
/// at once, and in the end.
pub(crate) fn threads_left(run: impl Fn() -> Done) -> Observed {
    let before = threads();
    for _ in 0..100 {
        if let Err(error) = run() {
            return Observed::new(Outcome::Errs, error.to_string());
        }
    }
    let at_once = threads().saturating_sub(before);
    thread::sleep(Duration::from_millis(300));
    let left = threads().saturating_sub(before);
    left_over("threads", at_once, left)
}

/// What is left of something, just after the last run and 300 ms later.
pub(crate) fn left_over(what: &str, at_once: usize, left: usize) -> Observed {
    let outcome = if left > 0 { Outcome::Leaves } else { Outcome::Answers };
    let detail =
        format!("{what}: {at_once} after the last run, {left} in the end");
    Observed::new(outcome, detail)
}

/// The threads of this process.
fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("proc is mounted").count()
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
