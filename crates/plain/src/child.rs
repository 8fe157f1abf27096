//! A process of its own for each use, and the watchdog over it.

use crate::case::Case;
use crate::limits;
use crate::observed::{Observed, Outcome};
use lanes_watchdog::own::{self, last_line};
use lanes_watchdog::{Ended, watched};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, Command};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// The name that the process of a use is started under.
const MARK: &str = "lanes-plain-use";
/// How long a use may take. The longest that does not hang waits three seconds
/// for the late clients of a storm.
const WATCHDOG: Duration = Duration::from_secs(6);

/// A process that runs a use, of the executable that runs now.
pub(crate) fn command(library: &str, case: &str) -> Command {
    let mut command = own::command(MARK);
    command.arg(library).arg(case);
    command
}

/// Runs a use in a process of its own, and says what happened there.
pub(crate) fn observe(
    library: &str,
    case: &Case,
    stop: &AtomicBool,
) -> Observed {
    match observed(library, case, stop) {
        Ok(observed) => observed,
        Err(error) => {
            let detail = format!("no process for it: {error}");
            Observed::new(Outcome::Unmeasured, detail)
        }
    }
}

fn observed(
    library: &str,
    case: &Case,
    stop: &AtomicBool,
) -> io::Result<Observed> {
    let (mut output, mut errors) =
        (tempfile::tempfile()?, tempfile::tempfile()?);
    let workers = case.workers.to_string();
    let mut command = command(library, case.name);
    command
        .stdout(output.try_clone()?)
        .stderr(errors.try_clone()?)
        .env("ASYNC_STD_THREAD_COUNT", &workers)
        .env("SMOL_THREADS", &workers)
        .env_remove("RAYON_NUM_THREADS")
        .env_remove("RUST_BACKTRACE");
    if case.name == "thread_limit" {
        command.env(limits::STACK.0, limits::STACK.1.to_string());
        command.env(limits::ARENAS.0, limits::ARENAS.1);
    }
    let ended = watched(&mut command, WATCHDOG, stop)?;
    let last = last_line(&mut errors)?;
    let said = match last.as_str() {
        "" => "its standard error is empty",
        line => line,
    };
    let status = match ended {
        Ended::Exited(status, _) => status,
        Ended::Stopped => {
            let detail = "it was interrupted";
            return Ok(Observed::new(Outcome::Unmeasured, detail));
        }
        Ended::Hung => {
            let detail = format!("no end in {} s: {said}", WATCHDOG.as_secs());
            return Ok(Observed::new(Outcome::Hangs, detail));
        }
    };
    if let Some(signal) = status.signal() {
        let detail = format!("signal {signal}: {said}");
        return Ok(Observed::new(Outcome::Aborts, detail).status(signal));
    }
    let printed = last_line(&mut output)?;
    match (status.code(), serde_json::from_str(&printed)) {
        (Some(0), Ok(observed)) => Ok(observed),
        (code, _) => {
            let code = code.unwrap_or_default();
            let detail = format!("status {code}: {said}");
            Ok(Observed::new(Outcome::Exits, detail).status(code))
        }
    }
}

/// The library and the case that this process is to run, if it was started as
/// the process of a use.
pub(crate) fn asked() -> Option<(String, String)> {
    let mut arguments = own::asked(MARK)?.into_iter();
    Some((arguments.next()?, arguments.next()?))
}

/// Runs the use in this process, which ends with it.
pub(crate) fn run(plain: fn() -> Observed) -> ! {
    let observed = panic::catch_unwind(AssertUnwindSafe(plain));
    let observed = observed.unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or(payload.downcast_ref::<&str>().copied());
        let detail = text.unwrap_or("a payload that is no text");
        Observed::new(Outcome::Rethrows, detail)
    });
    let line = serde_json::to_string(&observed).expect("plain values");
    println!("{line}");
    process::exit(0);
}
