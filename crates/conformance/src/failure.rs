//! What is wrong with a model, in words.

use lanes_core::Error;
use std::fmt;

/// What is wrong with a model, in words.
#[derive(Debug)]
pub struct Failure(String);

/// Whether a model passed a case.
pub type Outcome = Result<(), Failure>;

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// The same failure, with the workload that it happened in.
    pub(crate) fn within(self, workload: &str) -> Self {
        Self(format!("{workload}: {}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An error where an answer was due.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(format!("an error instead of an answer: {error}"))
    }
}
