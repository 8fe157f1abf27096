//! What traps of libraries do, with and without their remedies, as a file.

mod judged;
mod kind;
mod recorded;

pub use kind::Kind;
pub use recorded::{MOST_SPANS, Recorded};

use crate::document::{Document, Unreadable};
use crate::foreign;
use crate::machine::Machine;
use crate::results::{Build, State};
use crate::statistics::median;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What such a file says it is.
pub const SCHEMA: &str = "lanes-traps";
/// The version of its format.
const VERSION: u32 = 1;

/// Traps, and what was measured of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Traps {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of the format.
    pub version: u32,
    /// Whether all traps were tried.
    pub state: State,
    /// When the first run began, in UTC as RFC 3339 writes it.
    #[serde(deserialize_with = "foreign::text")]
    pub begun: String,
    /// How long all runs took, in seconds.
    pub seconds: f64,
    /// The machine they ran on, and the libraries.
    pub machine: Machine,
    /// What they were run with.
    pub build: Build,
    /// The interpreters of Python that were there.
    #[serde(deserialize_with = "foreign::texts")]
    pub pythons: Vec<String>,
    /// How often each program was to run.
    pub repeats: usize,
    /// After how many seconds a run counted as a hang.
    pub deadline: f64,
    /// The traps, in the order of the catalogue.
    #[serde(deserialize_with = "foreign::list")]
    pub traps: Vec<Trap>,
}

/// A trap, with the programs that were run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trap {
    /// Its name.
    #[serde(deserialize_with = "foreign::text")]
    pub name: String,
    /// The library it is a trap of.
    #[serde(deserialize_with = "foreign::text")]
    pub library: String,
    /// What the programs are written in.
    pub language: Language,
    /// The question that it answers, in one sentence.
    #[serde(deserialize_with = "foreign::text")]
    pub asks: String,
    /// What is expected of the program without a remedy, in one sentence. What
    /// is found depends on what was measured alone.
    #[serde(deserialize_with = "foreign::text")]
    pub expects: String,
    /// What the figure is.
    #[serde(deserialize_with = "foreign::text")]
    pub measures: String,
    /// What the figure is a figure of.
    pub kind: Kind,
    /// Where it was reported.
    #[serde(deserialize_with = "foreign::list")]
    pub issues: Vec<Issue>,
    /// What was found.
    pub finding: Finding,
    /// Why it could not be tried; none if it was.
    #[serde(default, deserialize_with = "foreign::maybe_text")]
    pub missing: Option<String>,
    /// The file with the programs, below the root of the repository.
    #[serde(deserialize_with = "foreign::text")]
    pub source: String,
    /// The lines of what the programs call, without the programs themselves.
    #[serde(deserialize_with = "foreign::texts")]
    pub shared: Vec<String>,
    /// The program that steps into it.
    pub without: Side,
    /// The programs with a remedy; there is at least one.
    #[serde(deserialize_with = "foreign::list")]
    pub remedies: Vec<Side>,
}

/// What programs are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
}

/// A public report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Its address.
    #[serde(deserialize_with = "foreign::text")]
    pub address: String,
    /// What it says of this, in a few words.
    #[serde(deserialize_with = "foreign::text")]
    pub says: String,
}

/// What was found of a trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Without a remedy it went worse than with one.
    Shown,
    /// It did not go worse.
    NotShown,
    /// A remedy gave a wrong answer, hung or died.
    Broken,
    /// It cannot be tried here.
    Absent,
    /// It was not run to its end.
    Unfinished,
}

/// One of the programs of a trap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// What it does, in a few words.
    #[serde(deserialize_with = "foreign::text")]
    pub what: String,
    /// The lines of its source.
    #[serde(deserialize_with = "foreign::texts")]
    pub lines: Vec<String>,
    /// The worst of what its runs did; none before they were judged.
    pub outcome: Option<Outcome>,
    /// The median of the figures of its runs, in the unit of the kind.
    pub figure: Option<f64>,
    /// Its runs.
    #[serde(deserialize_with = "foreign::list")]
    pub runs: Vec<Ran>,
    /// Who did what in one more run, where that says something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
}

/// What a run of a program did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// In one word.
    pub outcome: Outcome,
    /// What was measured, in the unit of the kind.
    pub figure: Option<f64>,
    /// Further figures, or what the process said last.
    #[serde(deserialize_with = "foreign::text")]
    pub detail: String,
}

/// What a program did, from the best to the worst.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The right answer.
    Right,
    /// The right answer, for more threads, memory or CPU time than with a
    /// remedy.
    Costly,
    /// The right answer, after a longer time than with a remedy.
    Slow,
    /// The right answer, and something beside it came later than with a remedy.
    Late,
    /// A wrong answer.
    Wrong,
    /// A signal or an error ended the process.
    Dies,
    /// The process did not end before the watchdog killed it.
    Hangs,
}

impl Outcome {
    /// The word that tables and files have.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Costly => "costly",
            Self::Slow => "slow",
            Self::Late => "late",
            Self::Wrong => "wrong",
            Self::Dies => "dies",
            Self::Hangs => "hangs",
        }
    }

    /// Whether there is no right answer.
    pub fn is_failure(self) -> bool {
        self >= Self::Wrong
    }
}

impl Finding {
    /// As files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::NotShown => "not-shown",
            Self::Broken => "broken",
            Self::Absent => "absent",
            Self::Unfinished => "unfinished",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::NotShown => "could not be shown here",
            Self::Broken => "a remedy fails",
            Self::Absent => "not here",
            Self::Unfinished => "not run to its end",
        }
    }
}

impl Side {
    /// A program that was not run yet.
    pub fn new(what: &str, lines: Vec<String>) -> Self {
        let what = what.to_owned();
        let (outcome, figure, runs) = (None, None, Vec::new());
        let recorded = None;
        Self { what, lines, outcome, figure, runs, recorded }
    }

    /// The worst of its runs, as they were before anything was compared.
    fn worst(&self) -> Option<Outcome> {
        self.runs.iter().map(|run| run.outcome).max()
    }

    /// The figures of its runs that have one.
    fn figures(&self) -> Vec<f64> {
        self.runs.iter().filter_map(|run| run.figure).collect()
    }

    /// Their median.
    fn middle(&self) -> Option<f64> {
        median(&mut self.figures())
    }

    /// The detail of its worst run.
    pub fn detail(&self) -> &str {
        let worst = self.runs.iter().max_by_key(|run| run.outcome);
        worst.map_or("", |run| &run.detail)
    }
}

impl Traps {
    /// Traps on this machine with this build, none of which was tried yet.
    pub fn new(begun: String, machine: Machine, build: Build) -> Self {
        Self {
            schema: SCHEMA.into(),
            version: VERSION,
            state: State::Running,
            begun,
            seconds: 0.0,
            machine,
            build,
            pythons: Vec::new(),
            repeats: 1,
            deadline: 0.0,
            traps: Vec::new(),
        }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        Self::of(&Document::read(path)?)
    }

    /// What is in a file that was read.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn of(document: &Document) -> Result<Self, Unreadable> {
        document.possible(SCHEMA, VERSION, possible)
    }

    /// How many findings there are of each kind, in words.
    pub fn totals(&self) -> String {
        format!(
            "{} shown, {} could not be shown here, {} not here, {} with a \
             remedy that fails",
            self.count(Finding::Shown),
            self.count(Finding::NotShown),
            self.count(Finding::Absent),
            self.count(Finding::Broken),
        )
    }

    /// How many findings are this one.
    pub fn count(&self, finding: Finding) -> usize {
        self.traps.iter().filter(|trap| trap.finding == finding).count()
    }
}

/// # Errors
/// What cannot be.
fn possible(traps: &Traps) -> Result<(), String> {
    let possible = |number: f64| (0.0..f64::INFINITY).contains(&number);
    let sides = || traps.traps.iter().flat_map(Trap::sides);
    let mut recorded = sides().filter_map(|side| side.recorded.as_ref());
    let mut figures = sides().flat_map(|side| {
        let runs = side.runs.iter().filter_map(|run| run.figure);
        runs.chain(side.figure)
    });
    if !possible(traps.seconds) || !possible(traps.deadline) {
        Err("a time that cannot be".into())
    } else if !figures.all(possible) {
        Err("a figure that cannot be".into())
    } else if !recorded.all(Recorded::is_possible) {
        Err("a recorded run that cannot be".into())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
