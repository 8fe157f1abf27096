//! The folder for the temporary files of workers and of inputs.

use crate::fail::Fail;
use lanes_core::Error;
use tempfile::TempDir;

/// A new folder where `TMPDIR` says; it goes when it is dropped.
///
/// # Errors
/// That there can be none, and why.
pub(crate) fn folder() -> Result<TempDir, Fail> {
    tempfile::tempdir().map_err(|error| Fail::of(Error::temporary(&error)))
}
