//! How long a run may take to end once it is asked to.

use crate::outcome::{Checked, Failure};
use std::time::{Duration, Instant};

/// From a cancel, or a deadline that passes, until the run returns; the grain
/// that a task is at comes on top.
pub const STOP: Duration = Duration::from_millis(100);

/// From the death of a worker until the run returns.
pub const DEATH: Duration = Duration::from_millis(500);

/// How much later than its bound a case may end on a busy machine: only a real
/// fault takes longer.
const SLACK: Duration = Duration::from_secs(1);

/// Not more than the bound has passed since `begin`, and the slack that a busy
/// machine is given.
pub(crate) fn in_time(begin: Instant, bound: Duration) -> Checked {
    let took = begin.elapsed();
    if took <= bound + SLACK {
        return Ok(());
    }
    Err(Failure::new(format!("{took:.1?}, and the bound is {bound:.1?}")))
}
