//! What follows from a row's samples, as it is written into a result file.

use crate::statistics::{Interval, Verdict};
use serde::{Deserialize, Serialize};

/// What follows from a row's samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many rounds there were, over all visits.
    pub rounds: usize,
    /// How often all processes were started.
    pub visits: usize,
    /// The log-ratio below which no difference is reported: the measured
    /// difference between two processes of one model.
    pub floor: f64,
    /// The contenders with as many workers as each other.
    pub groups: Vec<Group>,
    /// The same model with more workers.
    pub speedups: Vec<Speedup>,
}

impl Summary {
    /// How many verdicts are inconclusive.
    pub fn unclear(&self) -> usize {
        let standings = self.groups.iter().flat_map(|group| &group.standings);
        let unclear = |standing: &&Standing| {
            matches!(standing.verdict, Some(Verdict::Unclear { .. }))
        };
        standings.filter(unclear).count()
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

/// A contender's times and its verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The contender, as an index into those of the row.
    pub contender: usize,
    /// The median wall time of a run, in seconds.
    pub seconds: f64,
    /// The median CPU time of a run in seconds, where it is known.
    pub cpu: Option<f64>,
    /// The median of paired ratios to the best, with an interval that holds
    /// for all pairs of the row at once; none for the best itself.
    pub ratio: Option<Interval>,
    /// The verdict on that ratio; none for the best itself.
    pub verdict: Option<Verdict>,
}

/// The same model with more workers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Speedup {
    /// The contender, as an index into those of the row.
    pub contender: usize,
    /// The same model with the fewest workers.
    pub base: usize,
    /// The base's time over this one's.
    pub speedup: Interval,
    /// The speed-up over the number of workers per worker of the base.
    pub efficiency: f64,
}
