//! The values for which a claim holds, and what an interval says of it.

use super::median::{Interval, unbounded_above};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The values of a ratio for which a claim holds, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// The lower end.
    pub low: f64,
    /// The upper end; infinite (null in JSON) where there is none.
    #[serde(deserialize_with = "unbounded_above")]
    pub high: f64,
}

impl Bound {
    /// From one value to another.
    pub const fn between(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// A value or more.
    pub const fn at_least(low: f64) -> Self {
        Self { low, high: f64::INFINITY }
    }

    /// A value or less.
    pub const fn at_most(high: f64) -> Self {
        Self { low: 0.0, high }
    }

    /// What an interval says of a claim with this bound.
    pub fn outcome(&self, interval: &Interval) -> Outcome {
        if self.low <= interval.low && interval.high <= self.high {
            Outcome::Holds
        } else if interval.high < self.low || self.high < interval.low {
            Outcome::DoesNotHold
        } else {
            Outcome::NotEnoughEvidence
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = self;
        match (*low, *high) {
            (low, high) if low == high => write!(f, "{low}"),
            (low, f64::INFINITY) => write!(f, "≥ {low}"),
            (0.0, high) => write!(f, "≤ {high}"),
            (low, high) => write!(f, "{low} to {high}"),
        }
    }
}

/// What an interval says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The whole interval lies within the bound.
    Holds,
    /// The whole interval lies outside of it.
    DoesNotHold,
    /// The interval reaches across an end of the bound.
    NotEnoughEvidence,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::NotEnoughEvidence => "not enough evidence",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_needs_the_whole_interval() {
        let interval = |low, high| Interval { low, median: low, high };
        let bound = Bound::between(1.0, 2.0);
        for (low, high, expected) in [
            (1.0, 2.0, Outcome::Holds),
            (0.9, 1.5, Outcome::NotEnoughEvidence),
            (1.5, 2.1, Outcome::NotEnoughEvidence),
            (0.5, 0.9, Outcome::DoesNotHold),
            (2.1, 3.0, Outcome::DoesNotHold),
        ] {
            assert_eq!(bound.outcome(&interval(low, high)), expected);
        }
        let none = Bound::between(0.0, 0.0);
        assert_eq!(none.outcome(&interval(0.0, 0.0)), Outcome::Holds);
    }

    #[test]
    fn bounds_read_as_people_write_them() {
        assert_eq!(Bound::between(0.0, 0.0).to_string(), "0");
        assert_eq!(Bound::between(0.9, 1.25).to_string(), "0.9 to 1.25");
        assert_eq!(Bound::at_least(1.4).to_string(), "≥ 1.4");
        assert_eq!(Bound::at_most(0.5).to_string(), "≤ 0.5");
    }
}
