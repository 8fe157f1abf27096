//! A process of its own for each case.

use crate::again::{again, tied};
use crate::cases;
use crate::outcome::{Checked, Outcome};
use lanes_core::{Cells, Entry, Family};
use lanes_watchdog::{Ended, watched};
use std::panic::{self, AssertUnwindSafe};
use std::process::{self, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Far more than any case takes on a slow machine: only a hang reaches it.
const WATCHDOG: Duration = Duration::from_secs(60);

/// A case for a model, alone in a process of its own; called by
/// `conformance!` with the names of both.
///
/// # Panics
/// Those of [`isolated`].
pub fn tested<M: Cells>(model: &'static str, case: &str) {
    let entry = Entry::of::<M>(model, Family::Exhibit, "");
    let case = cases::find(case).expect("a case of the catalogue");
    for exempt in entry.exemptions() {
        let known = cases::find(exempt.case).is_some();
        assert!(known, "{model} is exempt from {:?}", exempt.case);
    }
    apart(|| case.run(&entry));
}

/// Runs the test that calls this again, alone in a process of its own.
///
/// # Panics
/// If the case fails, its process dies, or it has not ended in a minute.
pub fn isolated(case: impl FnOnce() -> Checked) {
    apart(|| case().into());
}

fn apart(case: impl FnOnce() -> Outcome) {
    if tied() {
        process::exit(run(case));
    }
    // The test harness names the thread of a test after it.
    let thread = thread::current();
    let name = thread.name().expect("a thread of the test harness");
    let mut command = again();
    command
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .stdout(Stdio::null());
    let never = AtomicBool::new(false);
    match watched(&mut command, WATCHDOG, &never) {
        Ok(Ended::Exited(status, 0)) if status.success() => {}
        Ok(Ended::Exited(status, 0)) => panic!("{name}: {status}"),
        Ok(Ended::Exited(_, left)) => {
            panic!("{name}: {left} processes are left");
        }
        Ok(Ended::Hung | Ended::Stopped) => panic!("{name}: hangs"),
        Err(error) => panic!("no process for {name}: {error}"),
    }
}

/// Runs the case and returns the status that its process ends with. Panics are
/// expected by the hundred, and printed only when the case fails.
fn run(case: impl FnOnce() -> Outcome) -> i32 {
    static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    panic::set_hook(Box::new(|info| {
        let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
        panics.push(info.to_string());
    }));
    let failure = match panic::catch_unwind(AssertUnwindSafe(case)) {
        Ok(outcome) => match outcome {
            Outcome::Passed | Outcome::NotApplicable(_) => return 0,
            Outcome::Exempt(exempt) => {
                // Never silently: nothing was tested.
                eprintln!(
                    "exempt from {}: {} {}",
                    exempt.case, exempt.why, exempt.issue
                );
                return 0;
            }
            Outcome::Failed(why) => why,
        },
        Err(_) => "the case itself panicked".to_owned(),
    };
    let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    eprintln!("{failure}");
    if let Some(last) = panics.last() {
        eprintln!("after {} panics, the last of them: {last}", panics.len());
    }
    1
}
