//! The worker of the guest `may`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_may::May;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let may = Entry::of::<May>("may", Family::Guest, LOCK);
    let may = may.package("may").badge("last release in May 2025");
    asked(&may).unwrap_or_else(|| lanes_measure::worker::of(may))
}
