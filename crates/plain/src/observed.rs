//! What a use was seen to do.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What happened, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The call returns what was asked for, in time.
    Answers,
    /// The call returns an error.
    Errs,
    /// The call panics into the caller.
    Rethrows,
    /// The call returns as though there had been no fault.
    Loses,
    /// The work ends before it is done, and the call then returns.
    Stops,
    /// The call returns only when the work, or the peer, is done.
    Waits,
    /// The call returns while work goes on.
    RunsOn,
    /// Others wait for a long time, or in vain.
    Starves,
    /// A lock refuses what a panic has left half done.
    Poisons,
    /// A lock shows what a panic has left half done.
    Torn,
    /// Threads or processes are left.
    Leaves,
    /// The process does not end before the watchdog kills it.
    Hangs,
    /// A signal ends the process.
    Aborts,
    /// The process ends itself before the call returns.
    Exits,
    /// The library has no such thing.
    Absent,
    /// It could not be tried here.
    Unmeasured,
}

impl Outcome {
    /// The word that a table shows, the same as in JSON but for hyphens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answers => "answers",
            Self::Errs => "errs",
            Self::Rethrows => "rethrows",
            Self::Loses => "loses",
            Self::Stops => "stops",
            Self::Waits => "waits",
            Self::RunsOn => "runs on",
            Self::Starves => "starves",
            Self::Poisons => "poisons",
            Self::Torn => "torn",
            Self::Leaves => "leaves",
            Self::Hangs => "hangs",
            Self::Aborts => "aborts",
            Self::Exits => "exits",
            Self::Absent => "absent",
            Self::Unmeasured => "unmeasured",
        }
    }
}

/// What a use was seen to do. What was not measured is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// In one word.
    pub outcome: Outcome,
    /// In one sentence, with all figures.
    pub detail: String,
    /// The siblings of the task that failed, the tasks that were to be stopped,
    /// or the clients of a storm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tasks: Option<Tasks>,
    /// Milliseconds: until the call returned; for [`Outcome::Starves`], the
    /// longest wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<f64>,
    /// The signal that ended the process, or the status it ended itself with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<i32>,
}

/// How many tasks ended by themselves, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tasks {
    /// Before the call returned.
    pub ended: usize,
    /// After that.
    pub later: usize,
    /// All that were to run.
    pub of: usize,
}

impl Observed {
    pub(crate) fn new(outcome: Outcome, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { outcome, detail, tasks: None, millis: None, status: None }
    }

    pub(crate) fn absent(why: &str) -> Self {
        Self::new(Outcome::Absent, why)
    }

    pub(crate) fn tasks(self, tasks: Tasks) -> Self {
        Self { tasks: Some(tasks), ..self }
    }

    pub(crate) fn millis(self, millis: f64) -> Self {
        Self { millis: Some(millis), ..self }
    }

    pub(crate) fn status(self, status: i32) -> Self {
        Self { status: Some(status), ..self }
    }
}

/// The word and the sentence.
impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.outcome.word(), self.detail)
    }
}

impl fmt::Display for Tasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ended, later, of } = self;
        write!(f, "{ended} of {of} ended before that, {later} later")
    }
}
