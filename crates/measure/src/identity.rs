//! Which file it is, so that another one under its name is noticed.

use std::fmt;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// A file in one state. Another file that takes its name differs from it, and
/// so does the same file once something was written to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    file: u64,
    bytes: u64,
    modified: (i64, i64),
}

impl Identity {
    pub(crate) fn of(data: &Metadata) -> Self {
        Self {
            device: data.dev(),
            file: data.ino(),
            bytes: data.size(),
            modified: (data.mtime(), data.mtime_nsec()),
        }
    }
}

/// What tells two builds apart where their files do not name them.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = self.modified;
        write!(f, "{} bytes of {seconds}.{nanos:09}", self.bytes)
    }
}
