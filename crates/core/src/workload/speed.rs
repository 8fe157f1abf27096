//! How fast this machine computes: time as rounds of the kernel, and back.

use crate::{Error, kernel};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many rounds of [`kernel::churn`] fill this time, unless that is known
/// from before.
///
/// # Errors
/// [`Error::Invalid`] for a time without end; `what` names it.
pub(super) fn rounds(
    known: Option<u64>,
    time: Duration,
    what: &str,
) -> Result<u64, Error> {
    if let Some(rounds) = known {
        return Ok(rounds);
    }
    let rounds = time.as_nanos() as f64 * per_nano();
    // Far above a day, and far below what a clock can hold.
    if rounds < 1e15 {
        Ok(rounds as u64)
    } else {
        Err(Error::Invalid(format!("{what} of {time:?}")))
    }
}

/// How many rounds of [`kernel::churn`] this machine makes in a nanosecond: the
/// best of some tries, since a neighbour can only make it slower.
pub(super) fn per_nano() -> f64 {
    const ROUNDS: u64 = 1 << 19;
    let best = (0..9u64).map(|state| {
        let begin = Instant::now();
        black_box(kernel::churn(black_box(state), ROUNDS));
        begin.elapsed()
    });
    let best = best.min().unwrap_or_default().as_nanos().max(1);
    ROUNDS as f64 / best as f64
}
