//! Whether what a file says can be.

use super::{Compared, Crossover, Found, Point};
use crate::statistics::Interval;

/// No more workers are asked for.
const MOST_WORKERS: usize = 1 << 20;
/// No file has more models.
const MOST_MODELS: usize = 1024;
/// A model has no more points.
const MOST_POINTS: usize = 1024;
/// Lengths are whole numbers that every reader of JSON keeps.
const MOST_LEN: u64 = 1 << 53;

/// Checks every number that others rely on.
///
/// # Errors
/// What cannot be, and where, in words.
pub(super) fn possible(crossover: &Crossover) -> Result<(), String> {
    let Crossover { level, seconds, shortest, longest, .. } = crossover;
    if !(*level > 0.0 && *level < 1.0) {
        return Err(format!("a level of {level} is no probability"));
    }
    if !(0.0..f64::INFINITY).contains(seconds) {
        return Err(format!("a duration of {seconds}"));
    }
    if *shortest == 0 || shortest > longest || *longest > MOST_LEN {
        return Err(format!("lengths from {shortest} to {longest}"));
    }
    if crossover.models.len() > MOST_MODELS {
        return Err(format!("{} models", crossover.models.len()));
    }
    crossover.models.iter().try_for_each(|model| {
        let place = |what| format!("{}: {what}", model.name);
        possible_model(model).map_err(place)
    })
}

fn possible_model(model: &Compared) -> Result<(), String> {
    if model.name.is_empty() {
        return Err("a model without a name".into());
    }
    if !(1..=MOST_WORKERS).contains(&model.workers) {
        return Err(format!("{} workers", model.workers));
    }
    if model.points.len() > MOST_POINTS {
        return Err(format!("{} points", model.points.len()));
    }
    let key = |point: &Point| (point.len, point.grain);
    if !model.points.is_sorted_by(|a, b| key(a) < key(b)) {
        return Err("points that are not in order".into());
    }
    let is_len = |len: u64| (1..=MOST_LEN).contains(&len);
    let fits = match model.found {
        Found::From { len, grain, ratio, not_at } => {
            let below = not_at.is_none_or(|below| below < len && is_len(below));
            is_len(len) && is_len(grain) && below && is_ratio(&ratio)
        }
        Found::Never { up_to } => is_len(up_to),
        Found::Open | Found::Unmeasured => true,
    };
    if !fits {
        return Err(format!("{:?} cannot be", model.found));
    }
    let is_point = |point: &&Point| {
        let positive = |number: f64| number > 0.0 && number.is_finite();
        let times = |seen: &super::Seen| [seen.seconds, seen.yardstick];
        let mut times = point.visits.iter().flat_map(times);
        is_len(point.len)
            && is_len(point.grain)
            && times.all(positive)
            && point.ratio.as_ref().is_none_or(is_ratio)
    };
    match model.points.iter().find(|point| !is_point(point)) {
        Some(point) => Err(format!("a point at {} that cannot be", point.len)),
        None => Ok(()),
    }
}

/// The ends may be unbounded, the estimate is a ratio.
fn is_ratio(ratio: &Interval) -> bool {
    let Interval { low, median, high } = ratio;
    *median > 0.0 && median.is_finite() && low <= median && median <= high
}
