//! What the visits to a point say.

use super::{Finding, Point, Seen};
use crate::statistics::{NEGLIGIBLE, of_all, trimmed};

/// After so many visits it is looked at what they say.
const LOOKS: [usize; 4] = [4, 6, 9, 12];
/// What is open after so many is left open.
pub(super) const MOST: usize = LOOKS[LOOKS.len() - 1];

/// Whether more visits could decide a point.
pub(super) fn undecided(point: &Point) -> bool {
    point.finding == Finding::Open && point.visits.len() < MOST
}

/// Adds a visit to a point, and looks at all of them where it is time to. Of
/// `tests` points all findings hold at once with probability `level`.
pub(super) fn enter(point: &mut Point, seen: Seen, level: f64, tests: usize) {
    point.visits.push(seen);
    let visits = point.visits.len();
    let Some(look) = LOOKS.iter().position(|look| *look == visits) else {
        return;
    };
    let look = (look + 1) as f64;
    let level = 1.0 - (1.0 - level) / (look * (look + 1.0));
    let logs = point.visits.iter().map(|seen| {
        let Seen { seconds, yardstick } = seen;
        (seconds / yardstick).ln()
    });
    let Some(found) = trimmed(logs.collect()) else { return };
    let found = found.interval(of_all(level, tests));
    point.finding = if found.high < -NEGLIGIBLE {
        Finding::Faster
    } else if found.low > -NEGLIGIBLE {
        Finding::NotFaster
    } else {
        Finding::Open
    };
    point.ratio = Some(found.ratio());
}
