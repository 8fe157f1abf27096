//! The worker of the guest `kanal`.

use lanes_conformance::spoken::asked;
use lanes_core::{Entry, Family};
use lanes_kanal::Kanal;
use std::process::ExitCode;

fn main() -> ExitCode {
    const LOCK: &str = include_str!("../../../Cargo.lock");
    let kanal = Entry::of::<Kanal>("kanal", Family::Guest, LOCK);
    let kanal = kanal.package("kanal").badge("last release in March 2025");
    asked(&kanal).unwrap_or_else(|| lanes_measure::worker::of(kanal))
}
