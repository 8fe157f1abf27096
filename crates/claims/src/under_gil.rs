//! Threads under the GIL of `lanes-gil`.

use lanes_core::Error;
use lanes_core::kernel::churn;
use lanes_gil::{GlobalLock, Options};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// Rounds of [`churn`] between two checkpoints: some ten microseconds, as
/// between two checkpoints of an interpreter.
const SLICE: u64 = 10_000;

/// A lock that threads ask for after this interval.
pub(crate) fn lock(interval: Duration) -> Result<Arc<GlobalLock>, Error> {
    GlobalLock::new(Options { interval, ..Options::default() })
}

/// Computes under the lock, with a checkpoint after each slice.
pub(crate) fn compute(
    lock: &GlobalLock,
    rounds: u64,
    go_on: impl Fn() -> bool,
) {
    lock.take();
    let mut left = rounds;
    while left > 0 && go_on() {
        let slice = left.min(SLICE);
        black_box(churn(left, slice));
        left -= slice;
        lock.checkpoint();
    }
    lock.release_for_good();
}
