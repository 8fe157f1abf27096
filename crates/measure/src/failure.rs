//! Why a cell has no time.

use crate::foreign;
use crate::protocol::{Kind, Refusal};
use lanes_core::Error;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a cell has no time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What happened.
    pub cause: Cause,
    /// The details, in one line.
    #[serde(deserialize_with = "foreign::text")]
    pub message: String,
}

/// What can happen to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The model cannot run the workload at this size, and says so.
    Unsupported,
    /// The worker's process could not be started.
    Start,
    /// The worker's process ended.
    Died,
    /// The worker did not reply before its deadline, and was killed.
    Hung,
    /// The worker used more memory than its cap, or than the system had, and
    /// was killed.
    Memory,
    /// The worker sent something other than a reply, and was killed.
    Protocol,
    /// The worker is not what was asked for.
    Mismatch,
    /// The worker answered wrongly.
    Wrong,
    /// The run failed, and the worker said why.
    Failed,
    /// The session was interrupted.
    Interrupted,
}

impl Failure {
    /// A failure with its details, which may be another program's words.
    pub fn new(cause: Cause, message: impl AsRef<str>) -> Self {
        Self { cause, message: foreign::line(message.as_ref()) }
    }

    /// Whether something went wrong, rather than being refused or interrupted.
    pub fn is_wrong(&self) -> bool {
        !matches!(self.cause, Cause::Unsupported | Cause::Interrupted)
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cause, self.message)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsupported => "unsupported",
            Self::Start => "could not be started",
            Self::Died => "died",
            Self::Hung => "hung",
            Self::Memory => "took too much memory",
            Self::Protocol => "broke the protocol",
            Self::Mismatch => "is not what was asked for",
            Self::Wrong => "answered wrongly",
            Self::Failed => "failed",
            Self::Interrupted => "was interrupted",
        })
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Refusal::from(error).into()
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let cause = match refusal.kind {
            Kind::Unsupported => Cause::Unsupported,
            Kind::Invalid | Kind::Resource | Kind::Cancelled | Kind::Failed => {
                Cause::Failed
            }
        };
        Self::new(cause, refusal.message)
    }
}
