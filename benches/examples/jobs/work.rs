//! Work that takes as long as it is asked to.

use std::hint::black_box;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// How much this machine does in a time.
#[derive(Clone, Copy)]
pub(crate) struct Work {
    rounds_per_nano: f64,
}

impl Work {
    /// Finds out how fast a core is, at the best of some tries.
    pub(crate) fn calibrated() -> Self {
        const ROUNDS: u64 = 5_000_000;
        let time = |_| {
            let begin = Instant::now();
            rounds(ROUNDS);
            begin.elapsed().as_nanos() as f64
        };
        let best = (0..20).map(time).fold(f64::INFINITY, f64::min);
        Self { rounds_per_nano: ROUNDS as f64 / best }
    }

    /// Computes for so long, on a core of its own.
    pub(crate) fn compute(self, time: Duration) {
        rounds((time.as_nanos() as f64 * self.rounds_per_nano) as u64);
    }
}

/// A chain that no compiler shortens.
fn rounds(count: u64) {
    let mut state = black_box(count);
    for round in 0..count {
        state = (state ^ round).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        state ^= state >> 29;
    }
    black_box(state);
}

/// How many threads this machine runs at once.
pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}
