//! The crossover: from which length on a workload is faster in parallel than
//! as a plain loop.
//!
//! A *point* is a length with a grain. In each visit to a point a model and the
//! yardstick, which is the plain loop, run the same input; the ratio of their
//! times has an interval over visits. A model is *faster* at a point where the
//! interval lies below 1. Lengths are powers of two: the longest is measured
//! first, and then the shortest at which the model is still faster is looked
//! for by bisection, with some grains at each length.
//!
//! Intervals are looked at after 4, 6, 9 and 12 visits. Look k spends a share
//! of 1 / (k (k + 1)) of the probability of a miss, and so does each model and
//! each point: with the probability of the level nothing that is called faster
//! or slower is not (alpha spending, as sessions do it).

mod possible;
mod search;
mod table;
mod verdict;
mod visits;

pub use search::lengths;
pub use table::{power, table};
pub use visits::{Asked, Progress, measure};

use crate::document::{Document, Unreadable};
use crate::failure::Failure;
use crate::foreign;
use crate::machine::Machine;
use crate::results::{Build, State};
use crate::statistics::Interval;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What such a file says it is.
pub const SCHEMA: &str = "lanes-crossover";
/// The version of its format.
const VERSION: u32 = 1;

/// Points of a workload in some models, and what follows from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Crossover {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of the format.
    pub version: u32,
    /// How it ended.
    pub state: State,
    /// When it began, in UTC as RFC 3339 writes it.
    #[serde(deserialize_with = "foreign::text")]
    pub begun: String,
    /// How long it took so far, in seconds.
    pub seconds: f64,
    /// The machine it ran on, and the libraries.
    pub machine: Machine,
    /// What was measured with.
    pub build: Build,
    /// The seed of inputs and orders.
    pub seed: u64,
    /// The probability with which all findings hold at once.
    pub level: f64,
    /// The workload.
    #[serde(deserialize_with = "foreign::text")]
    pub workload: String,
    /// The model that all are compared with.
    #[serde(deserialize_with = "foreign::text")]
    pub yardstick: String,
    /// The shortest length that may be measured.
    pub shortest: u64,
    /// The longest.
    pub longest: u64,
    /// The models, in the order in which they were chosen.
    pub models: Vec<Compared>,
}

/// A model beside the yardstick.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The name it is listed by.
    #[serde(deserialize_with = "foreign::text")]
    pub name: String,
    /// How many workers it has.
    pub workers: usize,
    /// Why it has no points, or no more of them.
    pub failure: Option<Failure>,
    /// From which length on it is faster.
    pub found: Found,
    /// What was measured, by length and then by grain.
    pub points: Vec<Point>,
}

/// From which length on a model is faster than the yardstick.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// From this one on.
    From {
        /// The shortest length at which it is faster for certain.
        len: u64,
        /// The grain with the least ratio there.
        grain: u64,
        /// Its time over that of the yardstick.
        ratio: Interval,
        /// The longest length below at which it is not; none where it is faster
        /// at the shortest, or where nothing is known of shorter ones.
        not_at: Option<u64>,
    },
    /// Not up to the longest length: it is slower there, or takes as long.
    Never {
        /// The longest length.
        up_to: u64,
    },
    /// Nothing is certain yet.
    Open,
    /// Nothing was measured.
    Unmeasured,
}

/// A length with a grain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// How many items.
    pub len: u64,
    /// How many of them make a grain.
    pub grain: u64,
    /// The model's time over that of the yardstick, at the last look; none
    /// before the first.
    pub ratio: Option<Interval>,
    /// What that says.
    pub finding: Finding,
    /// Each visit, with processes of its own.
    pub visits: Vec<Seen>,
}

/// What a point says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The model is faster than the yardstick.
    Faster,
    /// It is slower, or faster by less than half a percent.
    NotFaster,
    /// Neither is certain.
    Open,
}

/// What a visit has shown: wall times of a run, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Of the model.
    pub seconds: f64,
    /// Of the yardstick.
    pub yardstick: f64,
}

impl Crossover {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        Self::of(&Document::read(path)?)
    }

    /// The points in a file that was read.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn of(document: &Document) -> Result<Self, Unreadable> {
        document.possible(SCHEMA, VERSION, possible::possible)
    }

    /// The points as they are when the command is ended: what was measured
    /// stays.
    pub fn interrupted(mut self) -> Self {
        self.state = self.state.interrupted();
        self
    }
}

#[cfg(test)]
mod tests;
