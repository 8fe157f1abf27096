//! What a case finds in a model.

use lanes_core::{Error, Exempt};
use std::fmt;

/// What a case finds in a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The model does what is asked.
    Passed,
    /// It does not, and how.
    Failed(String),
    /// The model is exempt from the case by name, which was not run.
    Exempt(Exempt),
    /// The case cannot be put to this model or on this machine, and why.
    NotApplicable(String),
}

/// What is wrong with a model, in words.
#[derive(Debug)]
pub struct Failure(String);

/// Whether a model passed one of the questions of a case.
pub type Checked = Result<(), Failure>;

/// How far a case came.
pub(crate) type Answered = Result<Outcome, Failure>;

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// The same failure, with the workload that it happened in.
    pub(crate) fn within(self, workload: &str) -> Self {
        Self(format!("{workload}: {}", self.0))
    }
}

/// A question that was answered rightly is a case that was passed.
impl From<Checked> for Outcome {
    fn from(checked: Checked) -> Self {
        match checked {
            Ok(()) => Self::Passed,
            Err(failure) => Self::Failed(failure.to_string()),
        }
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

/// The machine refused something that the case itself needs.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Error::from(error).into()
    }
}

/// A case that has nothing to ask of this model, or cannot ask it here.
pub(crate) fn not_applicable(why: impl Into<String>) -> Answered {
    Ok(Outcome::NotApplicable(why.into()))
}
