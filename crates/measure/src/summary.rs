//! What follows from a row's samples, as it is written into a result file.
//!
//! Ratios are compared as logarithms, and are written as ratios: files have no
//! logarithms.

mod written;

use crate::statistics::{Grade, Interval};
use serde::{Deserialize, Serialize};

/// What follows from a row's samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How often all processes were started afresh and sampled.
    pub visits: usize,
    /// The probability with which the intervals of a group hold all at once.
    pub level: f64,
    /// By how much the second process of one contender differed from the
    /// first, a log-ratio: what of a difference may be the machine's. `None`
    /// where no second process ran, or too seldom.
    #[serde(with = "written::ratio")]
    pub twin: Option<Interval>,
    /// The contenders with as many workers as each other.
    pub groups: Vec<Group>,
    /// The same model with more workers.
    pub speedups: Vec<Speedup>,
    /// The models on nodes, beside one thread.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scale: Vec<Scale>,
}

impl Summary {
    /// The grades of all groups.
    pub fn grades(&self) -> impl Iterator<Item = &Grade> {
        let standings = self.groups.iter().flat_map(|group| &group.standings);
        standings.filter_map(|standing| standing.grade.as_ref())
    }

    /// How many grades are open.
    pub fn open(&self) -> usize {
        self.grades().filter(|grade| grade.is_open()).count()
    }
}

/// The contenders with as many workers as each other, and the serial ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// How many workers were asked for.
    pub workers: usize,
    /// The fastest, as an index into the row's contenders.
    pub best: usize,
    /// Every contender with samples, the fastest first.
    pub standings: Vec<Standing>,
}

/// A contender's times and its grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The contender, as an index into those of the row.
    pub contender: usize,
    /// The median wall time of a run, in seconds.
    pub seconds: f64,
    /// The median CPU time of a run in seconds, where it is known.
    pub cpu: Option<f64>,
    /// By how much it is slower than the fastest, a log-ratio: the estimate to
    /// the best, and an interval that holds for all contenders of the group at
    /// once; none for the best itself.
    #[serde(with = "written::ratio")]
    pub ratio: Option<Interval>,
    /// What that says; none for a contender without another.
    pub grade: Option<Grade>,
    /// Its CPU time to that of the best, a log-ratio, with an interval that
    /// holds for all contenders of the group at once; none for the best, and
    /// where CPU times are not known.
    #[serde(with = "written::ratio")]
    pub cpu_ratio: Option<Interval>,
}

/// A model on nodes, beside one thread of one machine. From how many nodes on
/// it is faster is what McSherry, Isard and Murray call its COST ("Scalability!
/// But at what COST?", 2015).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// The contender, as an index into those of the row.
    pub contender: usize,
    /// The model of one thread.
    pub one: usize,
    /// This one's time over that of one thread, a log-ratio.
    #[serde(with = "written::ratio")]
    pub ratio: Interval,
    /// The median of the bytes that crossed in a run, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<f64>,
    /// The median of the seconds that its nodes took to start, which is no part
    /// of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
}

/// The same model with more workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Speedup {
    /// The contender, as an index into those of the row.
    pub contender: usize,
    /// The same model with the fewest workers.
    pub base: usize,
    /// The base's time over this one's, a log-ratio.
    #[serde(with = "written::ratio")]
    pub speedup: Interval,
    /// The speed-up over the number of workers per worker of the base.
    pub efficiency: f64,
}
