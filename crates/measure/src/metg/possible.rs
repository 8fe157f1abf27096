//! Whether what a file says can be.

use super::{Curve, Found, Metg, Rung};
use crate::apart::Apart;
use crate::statistics::Interval;

/// No more workers, and no wider steps, are asked for.
const MOST: usize = 1 << 20;
/// No file has more models.
const MOST_CURVES: usize = 1024;
/// A ladder has no more rungs.
const MOST_RUNGS: usize = 64;

/// Checks every number that others rely on.
///
/// # Errors
/// What cannot be, and where, in words.
pub(super) fn possible(metg: &Metg) -> Result<(), String> {
    let Metg { level, seconds, width, .. } = metg;
    if !(*level > 0.0 && *level < 1.0) {
        return Err(format!("a level of {level} is no probability"));
    }
    if !(0.0..f64::INFINITY).contains(seconds) {
        return Err(format!("a duration of {seconds}"));
    }
    if !(1..=MOST).contains(width) {
        return Err(format!("a width of {width}"));
    }
    if metg.curves.len() > MOST_CURVES {
        return Err(format!("{} models", metg.curves.len()));
    }
    if let Some(apart) = metg.apart
        && !(apart.low > 0.0 && apart.low <= apart.high && apart.high < 1.0)
    {
        return Err(format!("processors that are {apart:?}"));
    }
    metg.curves.iter().try_for_each(|curve| {
        let place = |what| format!("{}: {what}", curve.name);
        possible_curve(curve, metg.apart).map_err(place)
    })
}

fn possible_curve(curve: &Curve, apart: Option<Apart>) -> Result<(), String> {
    if curve.name.is_empty() {
        return Err("a model without a name".into());
    }
    if !(1..=MOST).contains(&curve.workers) {
        return Err(format!("{} workers", curve.workers));
    }
    if curve.rungs.len() > MOST_RUNGS {
        return Err(format!("{} grains", curve.rungs.len()));
    }
    if !curve.rungs.is_sorted_by(|a, b| a.nanos < b.nanos) {
        return Err("grains that are not in order".into());
    }
    let positive = |number: f64| number > 0.0 && number.is_finite();
    let fits = match curve.found {
        Found::Metg(found) => positive(found.low) && is_interval(&found),
        Found::Below { up_to: end } | Found::Above { down_to: end } => {
            positive(end)
        }
        Found::Open | Found::Unmeasured => true,
    };
    if !fits {
        return Err(format!("{:?} cannot be", curve.found));
    }
    curve.rungs.iter().try_for_each(|rung| possible_rung(rung, apart))
}

fn possible_rung(rung: &Rung, apart: Option<Apart>) -> Result<(), String> {
    let Rung { nanos, tasks, efficiency, interval, visits, .. } = rung;
    let positive = |number: f64| number > 0.0 && number.is_finite();
    if *nanos == 0 || *tasks == 0 {
        return Err(format!("{tasks} tasks of {nanos} ns"));
    }
    let mut seen = visits.iter().flat_map(|seen| {
        let hop = seen.hop.unwrap_or(f64::MIN_POSITIVE);
        [seen.grain, seen.seconds, hop]
    });
    if !seen.all(positive) {
        return Err(format!("a visit at {nanos} ns without a time"));
    }
    let fits = efficiency.is_none_or(positive)
        && interval.as_ref().is_none_or(is_interval)
        && efficiency.is_some() != rung.counted(apart).is_empty();
    if fits {
        return Ok(());
    }
    Err(format!("an efficiency at {nanos} ns that cannot be"))
}

fn is_interval(interval: &Interval) -> bool {
    let Interval { low, median, high } = interval;
    low <= median && median <= high && low.is_finite() && high.is_finite()
}
