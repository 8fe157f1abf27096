//! From visits to the smallest grain that is worth starting.

use super::{Curve, Found, HALF, Rung};
use crate::apart::Apart;
use crate::statistics::{Interval, median};
use lanes_core::seed;

/// With fewer visits a rung has an efficiency, and no interval.
pub const FEWEST: usize = 6;

/// With fewer visits a rung is no end of a bracket: one may be disturbed.
const FEWEST_OF_BRACKET: usize = 3;

/// How many sets of visits are drawn for an interval.
const DRAWS: usize = 2000;

/// A grain in seconds and its efficiency.
type Point = (f64, f64);

/// What the rungs of a curve say, with the efficiency of each filled in. Visits
/// count whose processors were so far apart.
pub(super) fn estimate(
    curve: &mut Curve,
    apart: Option<Apart>,
    level: f64,
    seed: u64,
) {
    let workers = curve.workers;
    for rung in &mut curve.rungs {
        let mut all = efficiencies(rung, apart, workers);
        rung.interval = Interval::of(&all, level);
        rung.efficiency = median(&mut all);
    }
    curve.found = found(curve, apart, level, seed);
}

fn efficiencies(rung: &Rung, apart: Option<Apart>, workers: usize) -> Vec<f64> {
    let seen = rung.counted(apart).into_iter();
    seen.map(|seen| seen.efficiency(rung.tasks, workers)).collect()
}

fn found(curve: &Curve, apart: Option<Apart>, level: f64, seed: u64) -> Found {
    let known = |rung: &&Rung| rung.counted(apart).len() >= FEWEST_OF_BRACKET;
    let rungs: Vec<&Rung> = curve.rungs.iter().filter(known).collect();
    if rungs.is_empty() {
        let visited = curve.rungs.iter().any(|rung| !rung.visits.is_empty());
        return if visited { Found::Open } else { Found::Unmeasured };
    }
    let points: Vec<Point> = rungs
        .iter()
        .filter_map(|rung| Some((rung.grain(), rung.efficiency?)))
        .collect();
    let metg = match crossing(&points) {
        Crossing::At(metg) => metg,
        Crossing::Below(up_to) => return Found::Below { up_to },
        Crossing::Above(down_to) => return Found::Above { down_to },
    };
    let all: Vec<(f64, Vec<f64>)> = rungs
        .iter()
        .map(|rung| (rung.grain(), efficiencies(rung, apart, curve.workers)))
        .collect();
    if bracket(&points)
        .is_none_or(|at| all[at].1.len().min(all[at + 1].1.len()) < FEWEST)
    {
        return Found::Open;
    }
    let (low, high) = drawn(&all, level, seed);
    if low > 0.0 && high.is_finite() {
        // Drawn medians are those of visits too: the estimate is among them but
        // for the rarest luck.
        let (low, high) = (low.min(metg), high.max(metg));
        Found::Metg(Interval { low, median: metg, high })
    } else {
        Found::Open
    }
}

/// Where a curve crosses one half.
enum Crossing {
    At(f64),
    Below(f64),
    Above(f64),
}

/// The finer one of the two neighbours between which one half is reached: the
/// coarser one is the smallest grain at one half or above.
fn bracket(points: &[Point]) -> Option<usize> {
    let reached = points.iter().position(|(_, found)| *found >= HALF)?;
    reached.checked_sub(1)
}

fn crossing(points: &[Point]) -> Crossing {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Crossing::Below(0.0);
    };
    let Some(finer) = bracket(points) else {
        return match first.1 >= HALF {
            true => Crossing::Above(first.0),
            false => Crossing::Below(last.0),
        };
    };
    let ((fine, below), (coarse, above)) = (points[finer], points[finer + 1]);
    let share = (HALF - below) / (above - below);
    let log = fine.ln() + share * (coarse.ln() - fine.ln());
    Crossing::At(log.exp())
}

/// The interval of the crossing over visits that are drawn, with repetition,
/// from those of each rung: an end is 0 or infinite where draws beyond it do
/// not bracket one half.
fn drawn(all: &[(f64, Vec<f64>)], level: f64, seed: u64) -> (f64, f64) {
    let mut random = seed::numbers(seed);
    let mut draw = || -> f64 {
        let points = all.iter().filter_map(|(grain, visits)| {
            let pick = |_| {
                let number = random.next().unwrap_or(0);
                visits[(number % visits.len() as u64) as usize]
            };
            let mut picked: Vec<f64> = (0..visits.len()).map(pick).collect();
            Some((*grain, median(&mut picked)?))
        });
        match crossing(&points.collect::<Vec<_>>()) {
            Crossing::At(metg) => metg,
            Crossing::Below(_) => f64::INFINITY,
            Crossing::Above(_) => 0.0,
        }
    };
    let mut draws: Vec<f64> = (0..DRAWS).map(|_| draw()).collect();
    draws.sort_unstable_by(f64::total_cmp);
    let out = ((1.0 - level) / 2.0 * DRAWS as f64) as usize;
    (draws[out], draws[DRAWS - 1 - out])
}
