//! What the programs compute.

use crate::spans::on_thread;
use crate::trap::Seen;
use lanes_core::trace::State;
use std::hint;
use std::time::Instant;

/// The steps of a microsecond, on a machine of 2023.
const STEPS: u64 = 450;

/// Computes for about so many microseconds: the same work on every machine, in
/// every thread. Gives back how many they were.
pub(crate) fn compute(micros: u64) -> u64 {
    let mut state = 1u64;
    for step in 0..micros * STEPS {
        state = hint::black_box(state.wrapping_mul(6_364_136_223) ^ step);
    }
    hint::black_box(state);
    micros
}

/// As [`compute`], for a task with this name.
pub(crate) fn compute_as(task: &str, micros: u64) -> u64 {
    on_thread(task, State::Compute, || compute(micros))
}

/// How long it takes to answer, and whether the answer is this one.
pub(crate) fn timed(right: u64, answer: impl FnOnce() -> u64) -> Seen {
    let begin = Instant::now();
    let answer = answer();
    Seen::new(answer == right, begin.elapsed().as_secs_f64())
}
