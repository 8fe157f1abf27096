//! The worker of the guest `compio`.

use lanes_compio::Compio;
use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let compio = Entry::of::<Compio>("compio", Family::Guest, LOCK);
    let compio = compio.package("compio");
    asked(&compio).unwrap_or_else(|| lanes_measure::worker::of(compio))
}
