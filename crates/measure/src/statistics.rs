//! Paired log-ratios, simultaneous bootstrap intervals, and verdicts.
//!
//! Whatever slows a whole round down (other load, a lower clock) cancels in
//! the ratio of two samples of the same round, so a pair of contenders is
//! compared by the median of its paired log-ratios. What does not cancel is
//! the luck of a process (its memory layout, its placement on the cores),
//! which is the same for all rounds of one visit. The intervals therefore
//! come from resampling visits, and rounds within the visits (Davison and
//! Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8).

mod bound;
mod critical;
mod error;
mod fit;
mod median;
mod pair;
mod resample;
mod verdict;

pub use bound::{Bound, Outcome};
pub(crate) use critical::{normal, student};
pub use fit::{Difference, Fit};
pub use median::{Interval, LEVEL, median};
pub use pair::Visits;
pub use verdict::{Verdict, verdict};

use critical::largest;
use error::{Error, errors};
use median::unbounded_above;
use pair::Pair;
use resample::{Level, RESAMPLES, moments, resampled};
use serde::{Deserialize, Serialize};

/// How the first contender of a pair compares with the second one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The two contenders; the log-ratios are of the first to the second.
    pub pair: (usize, usize),
    /// Standard error of the median log-ratio; infinite (null in JSON) with
    /// only one visit or with fewer than five common rounds.
    #[serde(deserialize_with = "unbounded_above")]
    pub error: f64,
    /// Rounds, over all visits, in which both were sampled.
    pub rounds: usize,
    /// Visits with at least one such round.
    pub visits: usize,
    /// Holds for all the compared pairs at once.
    pub interval: Interval,
    /// Holds for this pair, if it was chosen before measuring.
    pub alone: Interval,
}

/// Compares the contenders of each pair by the median of their paired
/// log-ratios, ln(first / second), over the common rounds of all visits.
///
/// `Compared::interval` holds for all the pairs at once with probability
/// `level` (such as 0.95, between 0 and 1), so it may be read after picking the
/// fastest or the most striking pair. A pair without a common round has `None`.
/// The same seed gives the same result. With only one visit, or with fewer than
/// five common rounds, the intervals are unbounded.
///
/// The method, with V visits and n common rounds of a pair:
///
/// - B, the variance of the median if whole visits are resampled, times
///   V / (V - 1), covers all sources, but has only V - 1 degrees of freedom.
///   W, that if rounds are resampled within each visit, times n / (n - V), has
///   many, but does not see what differs between visits.
/// - S is the scatter of a pair's ratios within visits, robust to outliers.
///   With three contenders and more, B is raised to what the median of B / S
///   over the pairs makes of S, if it is less: a pair whose visits agree by
///   luck gets no narrow interval. A pair that is near the others also gets
///   degrees of freedom from them, one that stands out keeps its own.
/// - The variance is B + W / 2, with Satterthwaite's degrees of freedom. The
///   second term costs some width if the visits agree, and gains more degrees
///   of freedom. Its half was found by simulation (`examples/simulate.rs`).
/// - The critical value is that of the largest of normal variables, which are
///   correlated as the pairs' medians are if rounds are resampled, stretched
///   to Student's distribution with the pair's degrees of freedom.
pub fn compare(
    visits: &Visits,
    pairs: &[(usize, usize)],
    level: f64,
    seed: u64,
) -> Vec<Option<Compared>> {
    let pairs: Vec<_> =
        pairs.iter().map(|&pair| Pair::new(visits, pair)).collect();
    let errors = errors(visits, &pairs, seed);
    // Fewer show how the pairs are correlated.
    let draws = resampled(visits, &pairs, Level::Pooled, RESAMPLES / 4, seed);
    let together = largest(&draws, seed, level);
    let compared = |(pair, error): (&Pair, &Error)| {
        let median = pair.median?;
        let interval = |critical| {
            // Neither 0 times infinity nor infinity times 0.
            let width = if error.size == 0.0 || !error.known() {
                error.size
            } else {
                error.size * student(critical, error.freedom)
            };
            Interval::around(median, width)
        };
        Some(Compared {
            pair: pair.contenders,
            error: error.size,
            rounds: pair.rounds,
            visits: pair.visits,
            interval: interval(together),
            alone: interval(normal(level)),
        })
    };
    pairs.iter().zip(&errors).map(compared).collect()
}

/// Bootstrap draws of the pairs' median log-ratios, by draw and pair, for
/// intervals of what is computed from them, such as geometric means over
/// rows.
///
/// The draws of a pair are spread about its median by `Compared::error` (of
/// the same pairs), and are `None` if that is infinite. The few degrees of
/// freedom of a single row are not in them. For one seed, rows with equally
/// many visits are resampled by the same visits: what the rows of one visit
/// have in common stays in common.
pub fn draws(
    visits: &Visits,
    pairs: &[(usize, usize)],
    count: usize,
    seed: u64,
) -> Vec<Vec<Option<f64>>> {
    let pairs: Vec<_> =
        pairs.iter().map(|&pair| Pair::new(visits, pair)).collect();
    let errors = errors(visits, &pairs, seed);
    let mut draws = resampled(visits, &pairs, Level::Both, count, seed);
    for (index, (pair, error)) in pairs.iter().zip(&errors).enumerate() {
        let spread = moments(&draws, index).1.sqrt();
        let stretch = if spread > 0.0 { error.size / spread } else { 1.0 };
        for draw in &mut draws {
            draw[index] =
                draw[index].zip(pair.median).and_then(|(to, from)| {
                    let drawn = from + (to - from) * stretch;
                    (error.known() && drawn.is_finite()).then_some(drawn)
                });
        }
    }
    draws
}
