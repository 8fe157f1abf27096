//! Times of pieces of work, in seconds.

use lanes_measure::statistics::median;
use std::time::Instant;

/// How long some work takes.
pub(crate) fn took(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64()
}

/// The median of several times; no number if there are none.
pub(crate) fn middle(times: &mut [f64]) -> f64 {
    median(times).unwrap_or(f64::NAN)
}
