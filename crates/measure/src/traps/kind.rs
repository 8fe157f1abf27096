//! What a figure is a figure of.

use crate::words::{counted, digits, time};
use serde::{Deserialize, Serialize};

/// What a figure is a figure of, and its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// How much later than due something beside the program came, in seconds.
    Delay,
    /// How long the program took, in seconds.
    Time,
    /// A time over another one that was measured in the same run.
    Ratio,
    /// The CPU time that the process used, in seconds.
    CpuTime,
    /// The memory that the process took meanwhile, in bytes.
    Memory,
    /// The threads of the process.
    Threads,
    /// How often something happened that was not to happen.
    Effects,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Delay,
        Self::Time,
        Self::Ratio,
        Self::CpuTime,
        Self::Memory,
        Self::Threads,
        Self::Effects,
    ];

    /// As files have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Time => "time",
            Self::Ratio => "ratio",
            Self::CpuTime => "cpu-time",
            Self::Memory => "memory",
            Self::Threads => "threads",
            Self::Effects => "effects",
        }
    }

    /// A figure of this kind with its unit, as people read it.
    ///
    /// ```
    /// use lanes_measure::traps::Kind;
    ///
    /// assert_eq!(Kind::Delay.written(0.2), "200 ms late");
    /// assert_eq!(Kind::Threads.written(514.0), "514 threads");
    /// ```
    pub fn written(self, figure: f64) -> String {
        match self {
            Self::Delay => format!("{} late", time(figure)),
            Self::Time => time(figure),
            Self::Ratio => format!("{} times", digits(figure)),
            Self::CpuTime => format!("{} of CPU", time(figure)),
            Self::Memory => format!("{} MB", digits(figure / 1e6)),
            Self::Threads => counted(figure as usize, "thread"),
            Self::Effects => counted(figure as usize, "effect"),
        }
    }

    /// Two figures that differ by less are taken for the same, whatever their
    /// ratio: what a scheduler or an allocator does by chance.
    pub(crate) fn least(self) -> f64 {
        match self {
            Self::Delay | Self::CpuTime => 5e-3,
            Self::Time => 1e-3,
            Self::Ratio => 0.2,
            Self::Memory => 4e6,
            Self::Threads => 3.0,
            Self::Effects => 1.0,
        }
    }
}
