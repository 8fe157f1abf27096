//! Which grains of a model are measured next.

use super::estimate::FEWEST;
use super::{Curve, HALF};
use crate::apart::Apart;
use lanes_core::workload::{Pattern, Phases};
use std::time::Duration;

/// Grains are powers of two, in nanoseconds: from 32 ns to 17 ms.
pub(super) const RUNGS: std::ops::RangeInclusive<u32> = 5..=24;
/// The first grain, 262 µs: most models are above one half there.
const FIRST: u32 = 18;
/// As long as no half is bracketed, a grain is a quarter of the last one, or
/// four times as long.
const STRIDE: u32 = 2;

/// The compute of a run, were it shared evenly: a run at one half takes twice
/// as long, long enough to hide how it is started and ended.
const COMPUTE: Duration = Duration::from_millis(8);
/// A graph has at least so many steps, and at most so many tasks.
const FEWEST_STEPS: usize = 8;
const MOST_TASKS: usize = 1 << 17;

/// Within this distance of one half, chance may put a rung on the other side:
/// its neighbour is measured too.
const NEAR: f64 = 0.06;

/// The graph of a rung.
pub(super) fn graph(rung: u32, pattern: Pattern, width: usize) -> Phases {
    let nanos = 1u64 << rung;
    let steps = COMPUTE.as_nanos() as u64 / nanos;
    let steps = usize::try_from(steps).unwrap_or(usize::MAX);
    let most = (MOST_TASKS / width.max(1)).max(FEWEST_STEPS);
    Phases {
        steps: steps.clamp(FEWEST_STEPS, most),
        width,
        pattern,
        grain: Duration::from_nanos(nanos),
        rounds: None,
    }
}

/// The rungs that the next visits go to; none where more would say nothing.
pub(super) fn wanted(curve: &Curve, apart: Option<Apart>) -> Vec<u32> {
    if curve.failure.is_some() {
        return Vec::new();
    }
    let (first, last) = (*RUNGS.start(), *RUNGS.end());
    let known: Vec<(u32, f64, usize)> = curve
        .rungs
        .iter()
        .filter_map(|rung| {
            let visits = rung.counted(apart).len();
            Some((rung.nanos.ilog2(), rung.efficiency?, visits))
        })
        .collect();
    let Some((coarsest, _, seen)) = known.last().copied() else {
        return vec![FIRST];
    };
    let enough = |visits: usize| visits >= FEWEST;
    let Some(at) = known.iter().position(|(_, found, _)| *found >= HALF) else {
        return match coarsest < last {
            true => vec![(coarsest + STRIDE).min(last)],
            false if enough(seen) => Vec::new(),
            false => vec![last],
        };
    };
    let (above, reached, seen) = known[at];
    let Some((below, missed, _)) = at.checked_sub(1).map(|at| known[at]) else {
        return match above > first {
            true => vec![above.saturating_sub(STRIDE).max(first)],
            false if enough(seen) => Vec::new(),
            false => vec![first],
        };
    };
    if above - below > 1 {
        return vec![above.midpoint(below)];
    }
    let mut wanted = vec![below, above];
    if missed > HALF - NEAR && below > first {
        wanted.push(below - 1);
    }
    if reached < HALF + NEAR && above < last {
        wanted.push(above + 1);
    }
    wanted
}
