//! What is said on standard error: the only place that writes there.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether `--quiet` was given.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on, no progress is written.
pub(crate) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether no progress is to be written.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Writes a line to standard error. Nobody may read it: that it cannot be
/// written is no failure of the command, whose exit code says how it ended.
pub(crate) fn say(line: impl Display) {
    // In one piece, so that lines of several processes do not mix.
    let _ = io::stderr().lock().write_all(format!("{line}\n").as_bytes());
}

/// As [`say`], from the command itself.
macro_rules! note {
    ($($text:tt)*) => {
        $crate::say::say(format_args!("lanes: {}", format_args!($($text)*)))
    };
}

/// As [`say`], with the text of a format string.
macro_rules! line {
    ($($text:tt)*) => { $crate::say::say(format_args!($($text)*)) };
}

/// How far the command is: as [`line`], unless `--quiet` was given.
macro_rules! progress {
    ($($text:tt)*) => {
        if !$crate::say::is_quiet() {
            $crate::say::say(format_args!($($text)*));
        }
    };
}

pub(crate) use {line, note, progress};
