//! Processes of this executable, each of which ends with the one that started
//! it: a case is in one, and so is what a case kills.

use lanes_watchdog::own::end_with;
use std::env;
use std::process::{self, Command, Stdio};

/// Set in such a process: the number of the one that started it.
const VARIABLE: &str = "LANES_CONFORMANCE_CASE";

/// Such a process, which reads nothing; the caller adds the arguments.
pub(crate) fn again() -> Command {
    let mut command = Command::new("/proc/self/exe");
    command.env(VARIABLE, process::id().to_string()).stdin(Stdio::null());
    command
}

/// Ties this process to the one that started it, if it is such a process, and
/// says whether it is: a parent that is killed has no time to end its children.
pub(crate) fn tied() -> bool {
    let Some(by) = env::var_os(VARIABLE) else { return false };
    if let Some(by) = by.to_str().and_then(|id| id.parse().ok()) {
        end_with(by);
    }
    true
}
