//! What is said of threads, locks, the GIL and processes, measured: each claim a
//! ratio with an interval, of a model in Rust and of real CPython beside it.

mod evidence;
mod exhibit;
mod python;
mod study;
mod work;

pub use evidence::{Bound, Estimate, LEVEL, Verdict};
pub use study::{Finding, Found, Group, Study, study};
