//! Signals that end the command.
//!
//! The first one asks: a flag is set, workers are ended, and what was measured
//! is kept. A command that does not see the flag soon, since it computes or
//! waits for another program, is ended from here; so is one that gets a second
//! signal. Either way no child lives on and no temporary folder stays.

use crate::fail::{Fail, INTERRUPTED};
use crate::namespaces;
use crate::say::note;
use crate::temporary;
use lanes_core::Error;
use lanes_measure::children;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::exit;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{panic, thread};

/// How long a command may take to see the flag.
const GRACE: Duration = Duration::from_millis(700);
/// How often it is looked for a second signal.
const TICK: Duration = Duration::from_millis(10);

/// The thread that waits for signals.
const NAME: &str = "signals";

static STOP: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// How far the end is. Held while the command is ended from here, so that it
/// does not end by itself meanwhile.
static STATE: Mutex<State> = Mutex::new(State { seen: false, keep: None });

struct State {
    /// Whether the command ends by itself.
    seen: bool,
    keep: Option<Keep>,
}

/// Keeps what was measured, and says where it is.
type Keep = Box<dyn FnOnce() -> Option<String> + Send>;

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The flag that a signal sets: work ends as soon as it sees it.
pub(crate) fn flag() -> Arc<AtomicBool> {
    Arc::clone(&STOP)
}

/// Whether there was a signal.
pub(crate) fn happened() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// The error of a command that was interrupted.
pub(crate) fn interrupted() -> Fail {
    Fail::Interrupted("interrupted".into())
}

/// An error, if there was a signal.
///
/// # Errors
/// [`Fail::Interrupted`] then.
pub(crate) fn look() -> Result<(), Fail> {
    if happened() { Err(interrupted()) } else { Ok(()) }
}

/// Says that after a signal the command ends by itself, and may take as long as
/// that takes. If
/// it is being ended already, this does not return.
pub(crate) fn seen() {
    let mut state = state();
    state.seen = happened();
}

/// What keeps the results if the command must be ended from here.
pub(crate) fn keep(keep: impl FnOnce() -> Option<String> + Send + 'static) {
    state().keep = Some(Box::new(keep));
}

/// Starts to wait for signals.
///
/// # Errors
/// If the system takes no signal handlers, or gives no thread.
pub(crate) fn watch() -> Result<(), Fail> {
    let failed = |error| {
        Fail::Failure(format!("signal handlers: {}", Error::from(error)))
    };
    let mut all = vec![SIGINT, SIGTERM, SIGQUIT];
    // Of `nohup`, which has it ignored, nothing is taken away.
    if !is_ignored(SIGHUP) {
        all.push(SIGHUP);
    }
    // A file beyond `ulimit -f` is an error of the write then, and not the end
    // of the process.
    let written_too_much = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGXFSZ, written_too_much).map_err(failed)?;
    let signals = Signals::new(all).map_err(failed)?;
    let thread = thread::Builder::new().name(NAME.into());
    thread.spawn(move || wait(signals)).map_err(failed)?;
    outlast_panics();
    Ok(())
}

/// What a signal takes away, such as a temporary folder, may be what work
/// panics about: it does so unseen, until the command has ended.
fn outlast_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let own = thread::current().name() == Some(NAME);
        if !own && happened() && !state().seen {
            loop {
                thread::park();
            }
        }
        usual(info);
    }));
}

/// Whether this process was started with a signal ignored.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores(&status, signal)
}

/// Whether a process with this status ignores a signal; see proc(5).
fn ignores(status: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

fn wait(mut signals: Signals) {
    let Some(first) = signals.forever().next() else { return };
    STOP.store(true, Ordering::Relaxed);
    let begin = Instant::now();
    // Nothing is measured any more.
    loop {
        let again = signals.pending().next().is_some();
        let late = begin.elapsed() > GRACE && !state().seen;
        if again || late || first == SIGQUIT {
            end(again || first == SIGQUIT);
        }
        thread::sleep(TICK);
    }
}

/// Ends the process, as a second signal `wants`, unless it ends by itself.
fn end(wanted: bool) {
    let mut state = state();
    if state.seen && !wanted {
        return;
    }
    // While a worker is killed, its failure must not be written down.
    let kept = state.keep.take().and_then(|keep| keep());
    children::kill();
    namespaces::close();
    temporary::remove();
    match kept {
        Some(path) => note!("interrupted; what was measured is in {path}"),
        None => note!("interrupted"),
    }
    exit(INTERRUPTED.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nohup_ignores_is_seen() {
        let status = "Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t2\n";
        assert!(ignores(status, SIGHUP) && ignores(status, 13));
        assert!(!ignores(status, SIGINT));
        assert!(!ignores("", SIGHUP) && !ignores("SigIgn:\tx", SIGHUP));
    }
}
