//! The strongest true thing that can be said of a contender.

use super::best::{Gap, NEGLIGIBLE};
use super::critical::of_all;
use super::fit::Difference;
use serde::{Deserialize, Serialize};

/// A contender that may take more than this fraction longer than the fastest,
/// and may be the fastest, is open.
pub const WIDE: f64 = 0.25;

/// A decision that would take more visits than this never comes.
const MOST_VISITS: usize = 100_000;

/// How a contender compares with the fastest of its group. Fractions are of
/// the fastest one's time: 0.05 is 5 % more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Every other contender is slower.
    Fastest,
    /// It takes at most so much longer than the fastest, which is within the
    /// margin; it may be the fastest itself.
    AsFast {
        /// At most so much longer.
        within: f64,
    },
    /// It is not the fastest.
    Slower {
        /// At least so much longer.
        low: f64,
        /// At most so much longer.
        high: f64,
    },
    /// It takes at most so much longer than the fastest, which is more than
    /// the margin and less than [`WIDE`]; it may be the fastest itself.
    AtMost {
        /// At most so much longer.
        within: f64,
    },
    /// It may be the fastest, and may be much slower.
    Open {
        /// How many visits more would likely decide; `None` if that is not
        /// known or is more than 100,000.
        more_visits: Option<usize>,
    },
}

impl Grade {
    /// What the comparison of a contender with the fastest of `count` says.
    /// `level` is that of the comparison, `margin` a fraction.
    pub fn of(gap: &Gap, count: usize, level: f64, margin: f64) -> Self {
        let (low, high) = (gap.slower.low.exp_m1(), gap.slower.high.exp_m1());
        match gap.farthest {
            _ if !gap.candidate => Self::Slower { low, high },
            None if high == 0.0 => Self::Fastest,
            _ if high <= margin => Self::AsFast { within: high },
            _ if high < WIDE => Self::AtMost { within: high },
            Some(farthest) => {
                let each = of_all(level, count.saturating_sub(1));
                let more_visits = more_visits(&farthest, each);
                Self::Open { more_visits }
            }
            None => Self::Open { more_visits: None },
        }
    }

    /// Whether it says nothing of use.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }

    /// Whether it says at this margin that the contender is as fast, or that
    /// it is not.
    pub fn decides(&self, margin: f64) -> bool {
        match *self {
            Self::Fastest | Self::Slower { .. } => true,
            Self::AsFast { within } | Self::AtMost { within } => {
                within <= margin
            }
            Self::Open { .. } => false,
        }
    }
}

/// How many visits more it takes until the interval is narrow enough to say
/// either *slower* or *at most*, whichever comes first, if the true difference
/// is the estimated one.
fn more_visits(difference: &Difference, level: f64) -> Option<usize> {
    let Difference { estimate, error, freedom, visits } = *difference;
    let wanted = (estimate - NEGLIGIBLE).max(WIDE.ln_1p() - estimate);
    let enough = |count: usize| {
        let more = count as f64 / visits as f64;
        let then = Difference {
            error: error / more.sqrt(),
            freedom: freedom * more,
            ..*difference
        };
        then.half_width(level) < wanted
    };
    if !error.is_finite() || !enough(MOST_VISITS) {
        return None;
    }
    let (mut few, mut many) = (visits, MOST_VISITS);
    while many - few > 1 {
        let middle = few.midpoint(many);
        if enough(middle) {
            many = middle;
        } else {
            few = middle;
        }
    }
    Some(many - visits)
}

#[cfg(test)]
mod tests {
    use super::super::median::Interval;
    use super::*;

    fn gap(low: f64, high: f64, candidate: bool) -> Gap {
        let slower = Interval { low, median: low.midpoint(high), high };
        let farthest = Some(Difference {
            estimate: low.midpoint(high),
            error: (high - low) / 4.0,
            freedom: 14.0,
            visits: 8,
        });
        Gap { contender: 0, slower, candidate, farthest }
    }

    #[test]
    fn the_strongest_true_thing_is_said() {
        let said = |low: f64, high: f64, candidate| {
            Grade::of(&gap(low, high, candidate), 7, 0.95, 0.1)
        };
        let near = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        };
        let Grade::AsFast { within } = said(0.0, 1.05_f64.ln(), true) else {
            panic!()
        };
        near(within, 0.05);
        let Grade::AtMost { within } = said(0.0, 1.2_f64.ln(), true) else {
            panic!()
        };
        near(within, 0.2);
        let slower = said(1.02_f64.ln(), 1.05_f64.ln(), false);
        let Grade::Slower { low, high } = slower else { panic!() };
        near(low, 0.02);
        near(high, 0.05);
        assert!(said(0.0, 1.3_f64.ln(), true).is_open());
        let first = Gap { farthest: None, ..gap(0.0, 0.0, true) };
        assert_eq!(Grade::of(&first, 7, 0.95, 0.1), Grade::Fastest);
        let unknown = Gap { farthest: None, ..gap(0.0, f64::INFINITY, true) };
        let open = Grade::Open { more_visits: None };
        assert_eq!(Grade::of(&unknown, 7, 0.95, 0.1), open);
    }

    #[test]
    fn half_the_width_takes_somewhat_less_than_four_times_the_visits() {
        let open = Grade::of(&gap(0.0, 2.0 * WIDE.ln_1p(), true), 2, 0.95, 0.1);
        let Grade::Open { more_visits: Some(more) } = open else {
            panic!("{open:?}")
        };
        // The interval is as wide as the estimate; some width more comes from
        // the few degrees of freedom.
        assert!((1..8).contains(&more), "{more}");
        let wide =
            Difference { estimate: 0.11, error: 0.2, freedom: 14.0, visits: 8 };
        let more = more_visits(&wide, 0.95).unwrap();
        let then = (8 + more) as f64;
        let half = 1.98 * 0.2 * (8.0 / then).sqrt();
        assert!((half / (WIDE.ln_1p() - 0.11) - 1.0).abs() < 0.05, "{half}");
        let never = Difference { error: 1e3, ..wide };
        assert_eq!(more_visits(&never, 0.95), None);
    }

    #[test]
    fn a_goal_is_a_margin_of_its_own() {
        assert!(Grade::AtMost { within: 0.12 }.decides(0.15));
        assert!(!Grade::AsFast { within: 0.08 }.decides(0.05));
        assert!(Grade::Slower { low: 0.01, high: 0.5 }.decides(0.05));
        assert!(!Grade::Open { more_visits: Some(1) }.decides(0.5));
    }
}
