//! The worker of the guest `crossfire`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_crossfire::Crossfire;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let crossfire = Entry::of::<Crossfire>("crossfire", Family::Guest, LOCK);
    let crossfire = crossfire.package("crossfire");
    asked(&crossfire).unwrap_or_else(|| lanes_measure::worker::of(crossfire))
}
