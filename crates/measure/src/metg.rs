//! The minimum effective task granularity: the smallest task that is worth
//! starting.
//!
//! The *efficiency* of a run of `phases` is its useful work, tasks times grain,
//! over the time that its workers had, workers times elapsed. The grain is the
//! time that one task's compute takes alone on a core, measured in each visit.
//! *METG(50 %)* is the smallest grain with an efficiency of one half or more,
//! as Task Bench defines it (Slaughter and others, "Task Bench: a parameterized
//! benchmark for evaluating parallel runtime performance", 2020).
//!
//! Grains are measured on a ladder of powers of two. Between the two that
//! bracket one half the efficiency is taken to be a straight line over the
//! logarithm of the grain. Where nothing brackets one half there is no figure,
//! and none is there without an interval: of so many visits drawn again from
//! those of each rung (bootstrap), 95 % of the figures lie in it.
//!
//! Visits count at one distance of the processors only, that of most of them
//! ([`crate::apart`]): a task that is handed from one to the other costs twice
//! as much where they are far apart.

mod estimate;
mod ladder;
mod possible;
mod table;
mod visits;

pub use estimate::FEWEST;
pub use table::{ranked, table};
pub use visits::{Asked, Progress, measure};

use crate::apart::Apart;
use crate::document::{Document, Unreadable};
use crate::failure::Failure;
use crate::foreign;
use crate::machine::Machine;
use crate::results::{Build, State};
use crate::statistics::{Interval, median};
use lanes_core::workload::Pattern;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What such a file says it is.
pub const SCHEMA: &str = "lanes-metg";
/// The version of its format.
const VERSION: u32 = 1;

/// The efficiency that is looked for.
pub const HALF: f64 = 0.5;

/// Curves of efficiency, and what follows from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metg {
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
    /// The seed of inputs, orders and drawn visits.
    pub seed: u64,
    /// The probability with which an interval holds the true value, each on its
    /// own.
    pub level: f64,
    /// The pattern of the graphs.
    pub pattern: Pattern,
    /// How many tasks a step has.
    pub width: usize,
    /// How far the processors were apart in the visits that count; see
    /// [`crate::apart`]. None where that was not measured.
    #[serde(default)]
    pub apart: Option<Apart>,
    /// The models, in the order in which they were chosen.
    pub curves: Vec<Curve>,
}

/// A model's efficiency by grain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The name it is listed by.
    #[serde(deserialize_with = "foreign::text")]
    pub name: String,
    /// How many workers it has.
    pub workers: usize,
    /// Why it has no visits, or no more of them.
    pub failure: Option<Failure>,
    /// The smallest grain that is worth starting.
    pub found: Found,
    /// What was measured, the smallest grain first.
    pub rungs: Vec<Rung>,
}

/// The smallest grain with an efficiency of one half, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// In seconds, with its interval.
    Metg(Interval),
    /// One half is bracketed, or may be, and too few visits say where.
    Open,
    /// It is below one half up to this grain, in seconds.
    Below {
        /// The largest grain that was measured.
        up_to: f64,
    },
    /// It is at one half or above down to this grain, in seconds.
    Above {
        /// The smallest grain that was measured.
        down_to: f64,
    },
    /// Nothing was measured.
    Unmeasured,
}

/// A grain at which a model was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rung {
    /// The grain that was asked for, in nanoseconds.
    pub nanos: u64,
    /// How many steps the graph has.
    pub steps: usize,
    /// How many tasks.
    pub tasks: usize,
    /// The median efficiency; none without a visit that counts.
    pub efficiency: Option<f64>,
    /// The interval of that median; none of too few visits.
    pub interval: Option<Interval>,
    /// Each visit, with processes of its own.
    pub visits: Vec<Seen>,
}

/// What a visit has shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What a task computes, alone on a core, in seconds.
    pub grain: f64,
    /// The wall time of a run, in seconds.
    pub seconds: f64,
    /// How far the processors were apart, in seconds, where that was measured.
    #[serde(default)]
    pub hop: Option<f64>,
}

impl Seen {
    /// Useful work over the time that the workers had.
    pub fn efficiency(&self, tasks: usize, workers: usize) -> f64 {
        tasks as f64 * self.grain / (workers as f64 * self.seconds)
    }
}

impl Rung {
    /// The visits that count: those at the distance that most are at.
    fn counted(&self, apart: Option<Apart>) -> Vec<Seen> {
        let all = self.visits.iter().copied();
        all.filter(|s| apart.is_none_or(|apart| apart.has(s.hop))).collect()
    }

    /// The grain as it was measured, in seconds; as it was asked for without a
    /// visit.
    pub fn grain(&self) -> f64 {
        let mut grains: Vec<f64> =
            self.visits.iter().map(|seen| seen.grain).collect();
        median(&mut grains).unwrap_or(self.nanos as f64 * 1e-9)
    }
}

impl Metg {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        Self::of(&Document::read(path)?)
    }

    /// The curves in a file that was read.
    ///
    /// # Errors
    /// [`Unreadable`], with the way out.
    pub fn of(document: &Document) -> Result<Self, Unreadable> {
        document.possible(SCHEMA, VERSION, possible::possible)
    }

    /// How many visits do not count, since the processors were at another
    /// distance.
    pub fn left_out(&self) -> usize {
        let rungs = self.curves.iter().flat_map(|curve| &curve.rungs);
        let seen = rungs.flat_map(|rung| &rung.visits);
        let other = |s: &&Seen| self.apart.is_some_and(|a| !a.has(s.hop));
        seen.filter(other).count()
    }

    /// The curves as they are when the command is ended: what was measured
    /// stays.
    pub fn interrupted(mut self) -> Self {
        self.state = self.state.interrupted();
        self
    }
}

#[cfg(test)]
mod tests;
