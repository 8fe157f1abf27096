//! Errors of a connection, and how an error crosses.

use lanes_core::Error;
use serde::{Deserialize, Serialize};
use std::io;

/// The other side does not keep to the protocol.
pub(super) fn broken(what: impl ToString) -> Error {
    Error::Protocol(what.to_string())
}

/// An error of the connection, or what the connection itself had to say.
pub(super) fn lost(error: io::Error) -> Error {
    error.downcast::<Error>().unwrap_or_else(Error::from)
}

/// An [`Error`] as it crosses, with its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Failure {
    Panicked(String),
    Task(String),
    Timeout,
    Cancelled,
    Resource(i32),
    WorkerDied(String),
    Protocol(String),
    Unsupported(String),
    Invalid(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Panicked(what) => Self::Panicked(what),
            Error::Task(what) => Self::Task(what),
            Error::Timeout => Self::Timeout,
            Error::Cancelled => Self::Cancelled,
            Error::Resource(number) => Self::Resource(number),
            Error::WorkerDied(what) => Self::WorkerDied(what),
            Error::Protocol(what) => Self::Protocol(what),
            Error::Unsupported(what) => Self::Unsupported(what),
            Error::Invalid(what) => Self::Invalid(what),
            // A kind that is newer than this list keeps its text.
            other => Self::Task(other.to_string()),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Panicked(what) => Self::Panicked(what),
            Failure::Task(what) => Self::Task(what),
            Failure::Timeout => Self::Timeout,
            Failure::Cancelled => Self::Cancelled,
            Failure::Resource(number) => Self::Resource(number),
            Failure::WorkerDied(what) => Self::WorkerDied(what),
            Failure::Protocol(what) => Self::Protocol(what),
            Failure::Unsupported(what) => Self::Unsupported(what),
            Failure::Invalid(what) => Self::Invalid(what),
        }
    }
}
