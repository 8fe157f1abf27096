//! What changed in each cell, between two builds or two sessions.

mod sessions;

pub use sessions::{BESIDE, changes};

use crate::failure::Failure;
use crate::statistics::moderated::prior;
use crate::statistics::{
    Difference, Interval, holm, normal, of_all, student, tail,
};
use serde::Serialize;

/// A regression is called visible if it is found with this probability.
const POWER: f64 = 0.8;

/// One cell before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The workload.
    pub workload: String,
    /// The size.
    pub size: String,
    /// The model's name.
    pub name: String,
    /// How many workers were asked for.
    pub workers: usize,
    /// The median times of a run before and after, in seconds, where measured.
    pub seconds: [Option<f64>; 2],
    /// The visits before and after.
    pub visits: [usize; 2],
    /// What the times were compared with.
    pub compared: Compared,
    /// The later time over the earlier one: 1 is no change. The intervals of
    /// all cells hold at once. None with too few visits.
    pub ratio: Option<Interval>,
    /// The smallest slowdown, as a fraction, that would have been found as
    /// certainly above the limit in four of five times. None with too few
    /// visits.
    pub visible: Option<f64>,
    /// What is known of it.
    pub outcome: Outcome,
}

/// What the times of a cell were compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compared {
    /// Those of the other build in the same visits.
    WithinVisits,
    /// Those of the other session, less the median of what changed in the other
    /// models of the row.
    BesideOthers,
    /// Those of the other session.
    Absolute,
}

/// What is known of a cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Both were measured.
    Measured {
        /// What the interval says.
        finding: Finding,
        /// Whether it is certainly slower by more than the limit.
        regressed: bool,
    },
    /// The error of its change is not known: too few visits have it, or all of
    /// its visits are alike.
    Unmeasured,
    /// The processors were so far apart before and after, in seconds, and at no
    /// distance in both: another machine, as far as models hand over work.
    Moved {
        /// The median before.
        before: f64,
        /// The median after.
        after: f64,
    },
    /// It was measured before, and is not there or not measured now.
    Gone,
    /// It is measured now, and was not before.
    New,
    /// It was measured before, and fails now.
    Broken(Failure),
    /// It is measured now, and failed before.
    Repaired(Failure),
    /// It fails now, and it failed before or was not there.
    Fails(Failure),
}

/// What an interval says of two times. Fractions are of the earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// It takes more time.
    Slower {
        /// At least so much more.
        low: f64,
        /// At most so much more.
        high: f64,
    },
    /// It takes less time.
    Faster {
        /// At least so much less.
        low: f64,
        /// At most so much less.
        high: f64,
    },
    /// The times differ by less than the margin.
    Same {
        /// By at most so much.
        within: f64,
    },
    /// The interval allows more than one of these.
    Inconclusive,
}

impl Finding {
    /// What the interval of a ratio says; `margin` is a fraction.
    fn of(ratio: &Interval, margin: f64) -> Self {
        let Interval { low, high, .. } = *ratio;
        let farthest = high.max(1.0 / low) - 1.0;
        if low > 1.0 {
            Self::Slower { low: low - 1.0, high: high - 1.0 }
        } else if high < 1.0 {
            Self::Faster { low: 1.0 - high, high: 1.0 - low }
        } else if farthest <= margin {
            Self::Same { within: farthest }
        } else {
            Self::Inconclusive
        }
    }
}

impl Outcome {
    /// Whether it is worse now: certainly slower than the limit allows, gone or
    /// broken.
    pub fn is_regression(&self) -> bool {
        matches!(
            self,
            Self::Measured { regressed: true, .. }
                | Self::Gone
                | Self::Broken(_)
        )
    }

    /// Why it has no time now although it was to have one.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Broken(failure) | Self::Fails(failure) => {
                Some(failure).filter(|failure| failure.is_wrong())
            }
            _ => None,
        }
    }
}

/// How cells are judged.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The probability with which the intervals of all cells hold at once.
    pub level: f64,
    /// Times that differ certainly by less than this fraction are the same.
    pub margin: f64,
    /// A cell has regressed if it is certainly slower by more than this
    /// fraction.
    pub most: f64,
}

/// Judges cells, each with the logarithm of its ratio where that is known.
///
/// The intervals are those of Student's distribution, and hold for all cells at
/// once (Šidák). Whether a cell has regressed is a test with one side: Holm's
/// procedure over all cells.
pub(crate) fn judged(
    cells: Vec<(Change, Option<Difference>)>,
    limits: &Limits,
) -> Vec<Change> {
    let Limits { level, margin, most } = *limits;
    let most = most.ln_1p();
    let known = || cells.iter().filter_map(|(_, found)| has_error(found));
    let count = known().count();
    let chances = known().map(|found| chance(found, most));
    let rejected = holm(&chances.collect::<Vec<_>>(), 1.0 - level);
    let mut rejected = rejected.into_iter();
    let judge = |(mut cell, found): (Change, Option<Difference>)| {
        let Some(found) = has_error(&found) else { return cell };
        let ratio = found.interval(of_all(level, count)).ratio();
        let finding = Finding::of(&ratio, margin);
        let regressed = rejected.next().unwrap_or(false);
        let first = (1.0 - level) / count as f64;
        cell.ratio = Some(ratio);
        cell.visible = Some((most + visible(found, first)).exp_m1());
        cell.outcome = Outcome::Measured { finding, regressed };
        cell
    };
    cells.into_iter().map(judge).collect()
}

/// The variance of a visit, with its degrees of freedom.
pub(crate) type Variance = (f64, f64);

/// The variances of cells, each drawn toward what they have in common (Smyth,
/// 2004), since few visits tell little of it.
pub(crate) fn moderated(
    variances: Vec<Option<Variance>>,
) -> Vec<Option<Variance>> {
    let known: Vec<Variance> = variances.iter().flatten().copied().collect();
    let prior = prior(&known);
    let one = |(variance, freedom): Variance| prior.shrink(variance, freedom);
    variances.into_iter().map(|variance| variance.map(one)).collect()
}

/// The probability of so large an estimate if the true one is `most`.
fn chance(found: &Difference, most: f64) -> f64 {
    tail((found.estimate - most) / found.error, found.freedom)
}

/// A difference whose error is known. Visits that are all alike, as of a coarse
/// clock, show none: it is not zero then.
fn has_error(found: &Option<Difference>) -> Option<&Difference> {
    found.as_ref().filter(|found| found.error > 0.0)
}

/// How far above its limit a true log-ratio is found with [`POWER`], by a test
/// with one side at `alpha`.
fn visible(found: &Difference, alpha: f64) -> f64 {
    let bound = |tail: f64| student(normal(1.0 - 2.0 * tail), found.freedom);
    found.error * (bound(alpha) + bound(1.0 - POWER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_follow_from_the_ends() {
        let said = |low: f64, high: f64| {
            let ratio = Interval { low, median: low.midpoint(high), high };
            Finding::of(&ratio, 0.05)
        };
        let Finding::Slower { low, high } = said(1.02, 1.5) else { panic!() };
        assert!((low - 0.02).abs() < 1e-12 && (high - 0.5).abs() < 1e-12);
        let Finding::Faster { low, high } = said(0.5, 0.98) else { panic!() };
        assert!((low - 0.02).abs() < 1e-12 && (high - 0.5).abs() < 1e-12);
        assert!(matches!(said(0.97, 1.04), Finding::Same { .. }));
        assert_eq!(said(0.97, 1.06), Finding::Inconclusive);
        assert_eq!(said(0.9, 1.04), Finding::Inconclusive);
        assert_eq!(said(0.0, f64::INFINITY), Finding::Inconclusive);
    }

    #[test]
    fn what_is_visible_is_found_four_times_of_five() {
        let found =
            Difference { estimate: 0.0, error: 0.1, freedom: 30.0, visits: 8 };
        // scipy.stats.t.ppf at 95 % and 80 %.
        let expected = 0.1 * (1.697_260_887 + 0.853_767_261);
        assert!((visible(&found, 0.05) - expected).abs() < 1e-6);
        assert!((chance(&found, 0.0) - 0.5).abs() < 1e-9);
        assert!((chance(&found, -0.169_726_089) - 0.05).abs() < 1e-6);
    }
}
