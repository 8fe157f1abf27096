//! How the command ends when it does not end well.

use std::fmt;
use std::process::ExitCode;

/// The exit code of a command that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why the command ends, as an exit code and one line.
#[derive(Debug)]
pub(crate) enum Fail {
    /// Something failed: 1.
    Failure(String),
    /// The command line does not make sense: 2.
    Usage(String),
    /// A regression under `--fail-on`: 3.
    Regression(String),
    /// Nothing matched: 4.
    Nothing(String),
    /// A signal: 130.
    Interrupted(String),
}

impl Fail {
    /// The exit code.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failure(_) => 1,
            Self::Usage(_) => 2,
            Self::Regression(_) => 3,
            Self::Nothing(_) => 4,
            Self::Interrupted(_) => INTERRUPTED,
        })
    }

    /// A failure with this cause.
    pub(crate) fn of(error: impl fmt::Display) -> Self {
        Self::Failure(error.to_string())
    }
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure(text)
            | Self::Usage(text)
            | Self::Regression(text)
            | Self::Nothing(text)
            | Self::Interrupted(text) => f.write_str(text),
        }
    }
}
