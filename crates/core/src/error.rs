//! Why a run gave no answer.

use serde::{Deserialize, Serialize};
use std::any::Any;
use std::error::Error as Cause;
use std::io;

/// Why a run gave no answer.
///
/// Every model reports every failure as one of these: a run never panics into
/// its caller, never hangs and never aborts the process. It can be sent from
/// one process to another.
#[derive(
    Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize,
)]
#[non_exhaustive]
pub enum Error {
    /// A task panicked with this message.
    #[error("a task panicked: {0}")]
    Panicked(String),
    /// A task returned an error of its own.
    #[error("a task failed: {0}")]
    Task(String),
    /// The deadline of the run passed.
    #[error("the deadline passed")]
    Timeout,
    /// The run was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The system refused a resource (threads, descriptors, memory) with this
    /// error number.
    #[error(
        "out of a resource: {}{}",
        io::Error::from_raw_os_error(*.0),
        remedy(*.0)
    )]
    Resource(i32),
    /// Temporary files cannot be written where they are to be, and why.
    #[error("TMPDIR: {0}; it must name a folder to write to, with room")]
    Temporary(String),
    /// A worker process or thread ended before its work did.
    #[error("a worker died: {0}")]
    WorkerDied(String),
    /// The other side of a connection or pipe broke the agreed format.
    #[error("protocol: {0}")]
    Protocol(String),
    /// The model cannot run this workload at this size, and says why.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// A parameter that no run can be made of.
    #[error("invalid: {0}")]
    Invalid(String),
}

/// `EAGAIN` on the platforms this runs on: no more threads.
const NO_THREADS: i32 = rustix::io::Errno::AGAIN.raw_os_error();
/// No more files and sockets in this process.
const NO_DESCRIPTORS: i32 = rustix::io::Errno::MFILE.raw_os_error();
const NO_MEMORY: i32 = rustix::io::Errno::NOMEM.raw_os_error();
const RESOURCES: [i32; 5] = [
    NO_THREADS,
    NO_DESCRIPTORS,
    rustix::io::Errno::NFILE.raw_os_error(),
    NO_MEMORY,
    rustix::io::Errno::NOSPC.raw_os_error(),
];

impl Error {
    /// The error for what a panicking task left behind.
    pub(crate) fn of_panic(payload: &(dyn Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Self::Panicked(message.unwrap_or_else(|| "no message".to_owned()))
    }

    /// The error for too little memory.
    pub fn memory() -> Self {
        Self::Resource(NO_MEMORY)
    }

    /// The error for too few threads.
    pub fn threads() -> Self {
        Self::Resource(NO_THREADS)
    }

    /// Whether a smaller size of the same work would do.
    pub fn is_of_size(&self) -> bool {
        matches!(self, Self::Invalid(_) | Self::Resource(NO_MEMORY))
    }

    /// The error for temporary files that cannot be written.
    pub fn temporary(error: &io::Error) -> Self {
        Self::Temporary(error.to_string())
    }
}

/// What to do where the system refuses a resource with this error number.
fn remedy(number: i32) -> &'static str {
    match number {
        NO_DESCRIPTORS => "; raise `ulimit -n`",
        NO_THREADS => "; raise `ulimit -u` or pids.max",
        _ => "",
    }
}

/// The number of the system behind an error; some libraries put a sentence of
/// their own around it.
fn number(error: &io::Error) -> Option<i32> {
    let mut found = error.raw_os_error();
    let inner = error.get_ref().map(|inner| inner as &(dyn Cause + 'static));
    let mut cause = inner;
    while let (None, Some(inner)) = (found, cause) {
        let of_system = inner.downcast_ref::<io::Error>();
        found = of_system.and_then(number);
        cause = inner.source();
    }
    found
}

/// The raw number decides, since the kind of a full descriptor table is
/// `Uncategorized`.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match number(&error) {
            Some(number) if RESOURCES.contains(&number) => {
                Self::Resource(number)
            }
            _ if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::Protocol(error.to_string())
            }
            _ => Self::Task(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    #[test]
    fn a_payload_becomes_its_message() {
        let text = catch_unwind(|| panic!("plain")).unwrap_err();
        let formatted = catch_unwind(|| panic!("at {}", 7)).unwrap_err();
        let other = catch_unwind(|| std::panic::panic_any(7)).unwrap_err();
        let message = |payload: Box<dyn Any + Send>| Error::of_panic(&*payload);
        assert_eq!(message(text), Error::Panicked("plain".into()));
        assert_eq!(message(formatted), Error::Panicked("at 7".into()));
        assert_eq!(message(other), Error::Panicked("no message".into()));
    }

    #[test]
    fn a_full_descriptor_table_is_a_resource() {
        let number = rustix::io::Errno::MFILE.raw_os_error();
        let error = Error::from(io::Error::from_raw_os_error(number));
        assert_eq!(error, Error::Resource(number));
        assert!(error.to_string().contains("open files"));
        assert!(error.to_string().ends_with("; raise `ulimit -n`"));
        assert!(!error.is_of_size() && Error::memory().is_of_size());
        // As some libraries hand it on.
        let inner = io::Error::from_raw_os_error(number);
        let wrapped = io::Error::other(io::Error::other(inner));
        assert_eq!(Error::from(wrapped), error);
    }
}
