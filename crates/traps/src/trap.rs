//! What a trap is: programs in the plain use of a library.

use lanes_measure::traps::Kind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A question that comes back, and programs that answer it.
#[derive(Debug, Clone, Copy)]
pub struct Trap {
    /// Its name: the library, and what one steps into.
    pub name: &'static str,
    /// The library.
    pub library: &'static str,
    /// The question, in one sentence.
    pub asks: &'static str,
    /// What is expected of the program without a remedy, in one sentence.
    pub expects: &'static str,
    /// What the figure is, in words that follow "measured is".
    pub measures: &'static str,
    /// What the figure is a figure of.
    pub kind: Kind,
    /// The addresses of public reports, and what each says of this.
    pub issues: &'static [(&'static str, &'static str)],
    /// The file with the programs, below the root of the repository.
    pub source: &'static str,
    /// Its text.
    pub(crate) text: &'static str,
    /// Whether its programs record who did what, in a run of their own.
    pub timelines: bool,
    /// The program that steps into it.
    pub without: Program,
    /// The programs with a remedy; there is at least one.
    pub remedies: &'static [Program],
}

/// A program of a trap: a function of its file.
#[derive(Clone, Copy)]
pub struct Program {
    /// The name of the function.
    pub name: &'static str,
    /// What it does, in a few words.
    pub what: &'static str,
    pub(crate) run: Run,
}

/// What runs a program.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// A process of this executable.
    Rust(fn() -> Seen),
    /// An interpreter.
    Python,
    /// An interpreter that has no GIL.
    PythonWithoutGil,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.what)
    }
}

impl Trap {
    /// All its programs, the one without a remedy first.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        [&self.without].into_iter().chain(self.remedies)
    }
}

/// What a program has seen of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Whether its answer is the right one.
    pub(crate) right: bool,
    /// In the unit of the trap's kind.
    pub(crate) figure: f64,
    /// Further figures, in words.
    pub(crate) detail: String,
}

impl Seen {
    pub(crate) fn new(right: bool, figure: f64) -> Self {
        Self { right, figure, detail: String::new() }
    }

    pub(crate) fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

/// A program that is a function of the same file.
macro_rules! program {
    ($name:ident, $what:literal) => {
        $crate::trap::Program {
            name: stringify!($name),
            what: $what,
            run: $crate::trap::Run::Rust($name),
        }
    };
}

pub(crate) use program;
