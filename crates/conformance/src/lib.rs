//! One suite of tests that every model passes: the failure contract, and that
//! answers are right.
//!
//! A model crate has one line, in `tests/conformance.rs`:
//!
//! ```text
//! lanes_conformance::conformance!(lanes_threads::Threads);
//! ```
//!
//! Each case runs in a process of its own under a watchdog: a model that hangs
//! fails its case instead of the suite, and one that aborts ends only its own
//! case. A model may have any cells; the suite tests those that it has.
//!
//! The cases are data ([`cases::CASES`]), and each takes a model as data
//! ([`lanes_core::Entry`]), so that a program can run any case for any model:
//!
//! ```
//! use lanes_conformance::cases;
//! use lanes_core::Entry;
//!
//! fn show(model: &Entry) {
//!     let case = cases::find("cancel_midway").expect("a case");
//!     println!("{}: {:?}", case.asks, case.run(model));
//! }
//! ```
//!
//! A case that the library of a model makes impossible is not run for it: the
//! model names it ([`lanes_core::Model::exemptions`]), with the reason and a
//! public report.

mod again;
pub mod bounds;
pub mod cases;
pub mod cell;
pub mod faults;
mod group;
mod isolation;
mod left;
mod limits;
mod outcome;
mod peers;
pub mod servers;
pub mod spoken;
mod whole;
mod workers;

pub use isolation::{isolated, tested};
pub use outcome::{Checked, Failure, Outcome};
