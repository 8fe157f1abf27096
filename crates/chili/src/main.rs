//! The worker of the guest `chili`.

use lanes_chili::Chili;
use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let chili = Entry::of::<Chili>("chili", Family::Guest, LOCK);
    let chili = chili.package("chili").badge("last release in April 2025");
    asked(&chili).unwrap_or_else(|| lanes_measure::worker::of(chili))
}
