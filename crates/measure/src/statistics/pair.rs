//! The paired log-ratios of two contenders.

use super::median::median;
use std::cmp::Ordering;

/// The samples of one row, by visit, round and contender: natural logarithms
/// of seconds per run, `None` where a contender was not sampled.
///
/// Values that are not finite count as not sampled, and so does a contender
/// beyond the end of a round.
pub type Visits = [Vec<Vec<Option<f64>>>];

/// The paired log-ratios of two contenders.
pub(super) struct Pair {
    pub(super) contenders: (usize, usize),
    /// Ascending, each with the index of its round among those of all visits.
    ratios: Vec<(f64, usize)>,
    pub(super) median: Option<f64>,
    pub(super) rounds: usize,
    pub(super) visits: usize,
    /// How much the ratios of one visit scatter: the square of the middle
    /// half's width, after the median of each visit is taken off.
    pub(super) scatter: f64,
}

impl Pair {
    pub(super) fn new(visits: &Visits, contenders: (usize, usize)) -> Self {
        let mut ratios = Vec::new();
        let mut index = 0;
        let mut common_visits = 0;
        let mut centred = Vec::new();
        for visit in visits {
            let before = ratios.len();
            for round in visit {
                let sample = |contender| *round.get::<usize>(contender)?;
                let ratio = sample(contenders.0)
                    .zip(sample(contenders.1))
                    .map(|(first, second)| first - second)
                    .filter(|ratio| ratio.is_finite());
                ratios.extend(ratio.map(|ratio| (ratio, index)));
                index += 1;
            }
            let mut visit: Vec<f64> =
                ratios[before..].iter().map(|&(ratio, _)| ratio).collect();
            if let Some(middle) = median(&mut visit) {
                common_visits += 1;
                centred.extend(visit.iter().map(|ratio| ratio - middle));
            }
        }
        ratios.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        centred.sort_unstable_by(f64::total_cmp);
        let quarter = centred.len() / 4;
        let width = match centred.len() {
            0 => 0.0,
            count => centred[count - 1 - quarter] - centred[quarter],
        };
        let mut pair = Self {
            scatter: width.powi(2),
            contenders,
            rounds: ratios.len(),
            visits: common_visits,
            ratios,
            median: None,
        };
        pair.median = pair.resampled(&vec![1; index]);
        pair
    }

    /// The median if each round counts as often as `times` says. The ratios
    /// are sorted once, so that a resample costs no more than a walk.
    pub(super) fn resampled(&self, times: &[usize]) -> Option<f64> {
        let total: usize = if self.rounds == times.len() {
            times.iter().sum()
        } else {
            self.ratios.iter().map(|&(_, round)| times[round]).sum()
        };
        let mut counted = 0;
        let mut ratios = self.ratios.iter();
        let mut reach = |rank| {
            ratios.find_map(|&(ratio, round)| {
                counted += times[round];
                match (counted * 2).cmp(&rank) {
                    Ordering::Less => None,
                    Ordering::Equal => Some((ratio, true)),
                    Ordering::Greater => Some((ratio, false)),
                }
            })
        };
        let (lower, between) = reach(total.max(1))?;
        if !between {
            return Some(lower);
        }
        let (upper, _) = reach(total + 1)?;
        Some(lower.midpoint(upper))
    }
}
